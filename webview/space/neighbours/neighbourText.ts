import type { Neighbour, Neighbourhood, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { percent } from '../../draw/format.ts';

/** The file's name in a path. */
export function nameOf(path: string | undefined): string {
  return path?.split(/[\\/]/).at(-1) ?? '';
}

/** The class that the query is taken for when neighbours of another one are marked: its label, else what the network says. */
export function classOfQuery({ query }: Neighbourhood): { index: number; from: 'label' | 'prediction' } | undefined {
  if (query.label >= 0) return { index: query.label, from: 'label' };
  return query.predicted >= 0 ? { index: query.predicted, from: 'prediction' } : undefined;
}

/** Of a neighbour, on the same terms; undefined: not known. */
export function isOther(found: Neighbourhood, rows: SpaceRows, { row }: Neighbour): boolean | undefined {
  const own = classOfQuery(found);
  const theirs = own?.from === 'label' ? rows.labels[row] : rows.predicted[row];
  return own === undefined || theirs === undefined || theirs < 0 ? undefined : theirs !== own.index;
}

/** `star, seen as square 87.3 %` */
export function classText(
  rows: SpaceRows,
  { label, predicted, confidence }: { label: number; predicted: number; confidence: number },
): string {
  const said = predicted < 0 ? '' : `${rows.classes[predicted]} ${percent(confidence).replaceAll(' ', '\u00a0')}`;
  if (label < 0) return predicted < 0 ? 'no label' : `seen as ${said}`;
  if (predicted < 0) return rows.classes[label] ?? '';
  return label === predicted ? said : `${rows.classes[label]}, seen as ${said}`;
}

export function rowText(rows: SpaceRows, row: number): string {
  return classText(rows, {
    label: rows.labels[row] ?? -1,
    predicted: rows.predicted[row] ?? -1,
    confidence: rows.confidence[row] ?? Number.NaN,
  });
}

/** `11 of 12 are star, as its label` */
export function agreementText(found: Neighbourhood, rows: SpaceRows, neighbours: readonly Neighbour[]): string {
  const own = classOfQuery(found);
  if (!own) return '';
  const known = neighbours.map((each) => isOther(found, rows, each)).filter((other) => other !== undefined);
  const same = known.filter((other) => !other).length;
  const name = rows.classes[own.index];
  return own.from === 'label'
    ? `${same} of ${known.length} have its label, ${name}`
    : `${same} of ${known.length} are seen as ${name}, too`;
}
