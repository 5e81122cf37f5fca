import { type Agreement, isCorrect, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';

/** Images seen as another class than their label, the surest first. */
export function confidentMistakes(rows: SpaceRows): readonly number[] {
  const { confidence } = rows;
  return rowsWhere(rows, (row) => isCorrect(rows, row) === false).sort((a, b) => descending(confidence, a, b));
}

/** Images by how little the best class is ahead of the next one, the smallest margin first; those without a margin are left out. */
export function leastSure({ count, margin }: SpaceRows): readonly number[] {
  return rowsWhere({ count }, (row) => !Number.isNaN(margin[row])).sort((a, b) => (margin[a] as number) - (margin[b] as number) || a - b);
}

/**
 * Images whose neighbours mostly have another label than theirs: those with the fewest neighbours of their own label first; among
 * equals those where the model says what the neighbours say, then those where it gives the label the least.
 */
export function doubtfulLabels(rows: SpaceRows, { share, majority }: Agreement): readonly number[] {
  const { labels, predicted, trueProbability } = rows;
  const seconded = (row: number) => (predicted[row] === majority[row] ? 0 : 1);
  const given = (row: number) => (Number.isNaN(trueProbability[row]) ? 1 : (trueProbability[row] as number));
  return rowsWhere(
    rows,
    (row) => (labels[row] as number) >= 0 && !Number.isNaN(share[row]) && (majority[row] as number) >= 0 && majority[row] !== labels[row],
  ).sort((a, b) => (share[a] as number) - (share[b] as number) || seconded(a) - seconded(b) || given(a) - given(b) || a - b);
}

/** Rows of a cell, a row or a column of the confusion matrix: `undefined` stands for any class. `wrong`: mistakes only. */
export function rowsOfPair(
  rows: SpaceRows,
  { label, predicted, wrong = false }: { label?: number; predicted?: number; wrong?: boolean },
): readonly number[] {
  return rowsWhere(rows, (row) => {
    const [is, said] = [rows.labels[row] as number, rows.predicted[row] as number];
    if (is < 0 || said < 0 || (wrong && isCorrect(rows, row) !== false)) return false;
    return (label === undefined || is === label) && (predicted === undefined || said === predicted);
  });
}

function rowsWhere({ count }: Pick<SpaceRows, 'count'>, holds: (row: number) => boolean): number[] {
  const found: number[] = [];
  for (let row = 0; row < count; row++) if (holds(row)) found.push(row);
  return found;
}

/** What is no number comes last. */
function descending(values: Float32Array, a: number, b: number): number {
  const key = (row: number) => (Number.isNaN(values[row]) ? Number.NEGATIVE_INFINITY : (values[row] as number));
  const [first, second] = [key(a), key(b)];
  return first === second ? a - b : second - first;
}
