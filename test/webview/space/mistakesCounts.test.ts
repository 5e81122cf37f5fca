import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Agreement, isCorrect, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import {
  accuracyOf,
  cellsOf,
  confusedPairs,
  confusionOf,
  countOf,
  meanRecall,
  mistakesOf,
  precisionOf,
  recallOf,
} from '../../../webview/confusion/confusion.ts';
import { matrixOf, readable } from '../../../webview/confusion/matrixModel.ts';
import { seriated, type Tie } from '../../../webview/confusion/seriation.ts';
import { confidentMistakes, doubtfulLabels, leastSure, rowsOfPair } from '../../../webview/space/mistakes/rankings.ts';
import { noise } from '../units/made.ts';

/** Rows with `foreign` labels that the model has no class for, some without a label, some without numbers. */
function rowsWith(count: number, modelClasses: number, foreign: number): SpaceRows {
  const all = modelClasses + foreign;
  const of = (what: string, row: number) => noise(what, count, row);
  const rows = Array.from({ length: count }, (_, row) => row);
  return {
    revision: 'r',
    layer: { name: 'pool', kind: 'Pool', dimensions: 8, averaged: undefined },
    count,
    paths: rows.map((row) => `/ws/${row}.png`),
    classes: Array.from({ length: all }, (_, i) => `class ${i}`),
    modelClasses,
    labels: Int32Array.from(rows, (row) => Math.floor(of('label', row) * (all + 1)) - 1),
    labelSource: { kind: 'folders' },
    predicted: Int32Array.from(rows, (row) => (of('none', row) < 0.02 ? -1 : Math.floor(of('predicted', row) ** 2 * modelClasses))),
    // Few different values: ties are met.
    confidence: Float32Array.from(rows, (row) => Math.ceil(of('confidence', row) * 20) / 20),
    margin: Float32Array.from(rows, (row) => (of('margin', row) < 0.1 ? Number.NaN : Math.ceil(of('margin', row) * 20) / 20)),
    trueProbability: Float32Array.from(rows, (row) => of('given', row)),
    folder: new Int32Array(count),
    folders: [''],
    warnings: [],
  };
}

const cases = [rowsWith(0, 3, 0), rowsWith(1, 3, 0), rowsWith(400, 5, 0), rowsWith(700, 7, 2), rowsWith(300, 90, 3)];

test('counts, recall, precision, accuracy are those of counting one by one', () => {
  for (const rows of cases) {
    const confusion = confusionOf(rows);
    const all = Array.from({ length: rows.count }, (_, row) => row);
    const where = (holds: (row: number) => boolean) => all.filter(holds).length;
    const judged = all.filter((row) => isCorrect(rows, row) !== undefined);
    assert.equal(confusion.judged, judged.length);
    assert.equal(confusion.wrong, judged.filter((row) => !isCorrect(rows, row)).length);
    assert.equal(accuracyOf(confusion), judged.filter((row) => isCorrect(rows, row)).length / judged.length);
    assert.equal(
      confusion.foreign,
      where((row) => rows.predicted[row]! >= 0 && rows.labels[row]! >= rows.modelClasses),
    );
    for (let a = 0; a < rows.classes.length; a++) {
      for (let b = 0; b < rows.modelClasses; b++) {
        const inCell = where((row) => rows.labels[row] === a && rows.predicted[row] === b);
        assert.equal(countOf(confusion, a, b), inCell, `${a} seen as ${b}`);
        assert.equal(rowsOfPair(rows, { label: a, predicted: b }).length, inCell);
      }
      const mine = judged.filter((row) => rows.labels[row] === a);
      const seen = judged.filter((row) => rows.predicted[row] === a);
      const hits = mine.filter((row) => rows.predicted[row] === a).length;
      if (a >= rows.modelClasses) continue;
      assert.equal(recallOf(confusion, a), hits / mine.length);
      assert.equal(precisionOf(confusion, a), hits / seen.length);
      assert.equal(mistakesOf(confusion, a), mine.length + seen.length - 2 * hits);
      assert.equal(rowsOfPair(rows, { label: a, wrong: true }).length, mine.length - hits);
      assert.equal(rowsOfPair(rows, { predicted: a, wrong: true }).length, seen.length - hits);
    }
  }
});

test('the mean recall counts every class that occurs the same', () => {
  const rows = rowsWith(400, 5, 0);
  const confusion = confusionOf(rows);
  const recalls = [0, 1, 2, 3, 4].map((of) => recallOf(confusion, of));
  assert.ok(Math.abs(meanRecall(confusion) - recalls.reduce((a, b) => a + b) / 5) < 1e-12);
});

test('pairs are the mistakes between the model’s classes, the most frequent first', () => {
  for (const rows of cases) {
    const confusion = confusionOf(rows);
    const pairs = confusedPairs(confusion);
    assert.equal(
      pairs.reduce((sum, { count }) => sum + count, 0),
      confusion.wrong,
    );
    for (const { label, predicted, count } of pairs) {
      assert.notEqual(label, predicted);
      assert.ok(label < rows.modelClasses);
      assert.equal(count, countOf(confusion, label, predicted));
    }
    for (let i = 1; i < pairs.length; i++) assert.ok(pairs[i - 1]!.count >= pairs[i]!.count);
  }
});

test('the most confident mistakes, the least sure', () => {
  for (const rows of cases) {
    const mistakes = confidentMistakes(rows);
    const isMistake = (row: number) => isCorrect(rows, row) === false;
    assert.deepEqual(
      [...mistakes].sort((a, b) => a - b),
      Array.from({ length: rows.count }, (_, row) => row).filter(isMistake),
    );
    for (let i = 1; i < mistakes.length; i++) {
      const [a, b] = [mistakes[i - 1]!, mistakes[i]!];
      assert.ok(rows.confidence[a]! > rows.confidence[b]! || (rows.confidence[a] === rows.confidence[b] && a < b));
    }
    const unsure = leastSure(rows);
    assert.equal(unsure.length, rows.margin.filter((margin) => !Number.isNaN(margin)).length);
    for (let i = 1; i < unsure.length; i++) assert.ok(rows.margin[unsure[i - 1]!]! <= rows.margin[unsure[i]!]!);
  }
});

test('an image without a confidence comes last', () => {
  const rows = rowsWith(400, 5, 0);
  const broken = confidentMistakes(rows)[3]!;
  rows.confidence[broken] = Number.NaN;
  const mistakes = confidentMistakes(rows);
  assert.equal(mistakes.at(-1), broken);
  for (let i = 1; i < mistakes.length - 1; i++) assert.ok(rows.confidence[mistakes[i - 1]!]! >= rows.confidence[mistakes[i]!]!);
});

test('doubtful labels: those that neighbours disagree with, the loneliest first, then those the model doubts too', () => {
  const rows = rowsWith(700, 7, 2);
  const share = Float32Array.from({ length: 700 }, (_, row) => (rows.labels[row]! < 0 ? Number.NaN : Math.floor(noise('s', row) * 5) / 10));
  const majority = Int32Array.from({ length: 700 }, (_, row) => Math.floor(noise('m', row) * 10) - 1);
  const agreement: Agreement = { revision: 'r', k: 10, metric: 'cosine', share, majority, purity: 0.5, pixelPurity: 0.2 };
  const doubted = doubtfulLabels(rows, agreement);
  const expected = Array.from({ length: 700 }, (_, row) => row).filter(
    (row) => rows.labels[row]! >= 0 && majority[row]! >= 0 && majority[row] !== rows.labels[row],
  );
  assert.deepEqual(
    [...doubted].sort((a, b) => a - b),
    expected,
  );
  assert.ok(expected.length > 300);
  const seconded = (row: number) => Number(rows.predicted[row] !== majority[row]);
  for (let i = 1; i < doubted.length; i++) {
    const [a, b] = [doubted[i - 1]!, doubted[i]!];
    assert.ok(share[a]! <= share[b]!);
    if (share[a] === share[b]) assert.ok(seconded(a) <= seconded(b));
    if (share[a] === share[b] && seconded(a) === seconded(b)) assert.ok(rows.trueProbability[a]! <= rows.trueProbability[b]!);
  }
});

function permutations(items: readonly number[]): number[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((first) => permutations(items.filter((item) => item !== first)).map((rest) => [first, ...rest]));
}

function sumBeside(order: readonly number[], ties: readonly Tie[]): number {
  const beside = (a: number, b: number) => ties.filter((tie) => (tie.a === a && tie.b === b) || (tie.a === b && tie.b === a));
  return order.slice(1).reduce((sum, b, i) => sum + beside(order[i]!, b).reduce((s, { weight }) => s + weight, 0), 0);
}

test('confused classes stand beside each other: never less than half of the best order of all', () => {
  const items = [0, 1, 2, 3, 4, 5, 6];
  const orders = permutations(items);
  let [reached, best] = [0, 0];
  for (let trial = 0; trial < 12; trial++) {
    const ties: Tie[] = [];
    for (const a of items)
      for (const b of items) if (a < b && noise(trial, a, b) < 0.6) ties.push({ a, b, weight: noise('w', trial, a, b) });
    const order = seriated(items, ties);
    assert.deepEqual([...order].sort(), items);
    const top = Math.max(...orders.map((each) => sumBeside(each, ties)));
    assert.ok(sumBeside(order, ties) >= top / 2);
    reached += sumBeside(order, ties);
    best += top;
  }
  console.log(`seriation: ${((100 * reached) / best).toFixed(1)} % of the best possible`);
});

test('a chain of classes that was shuffled is found again', () => {
  const chain = [4, 9, 1, 7, 0, 12, 5];
  const ties = chain.slice(1).map((b, i) => ({ a: chain[i]!, b, weight: 3 + ((i * 5) % 7) }));
  const order = seriated([0, 1, 2, 4, 5, 7, 9, 12], ties);
  const found = order.slice(0, 7);
  assert.deepEqual(found[0] === 4 ? found : found.toReversed(), chain);
  assert.equal(order[7], 2, 'what has no ties comes last');
});

test('a matrix of many classes shows those of the most frequent mistakes, of all only what occurs', () => {
  const rows = rowsWith(300, 90, 3);
  const confusion = confusionOf(rows);
  const top = matrixOf(confusion, 'mistakes', false);
  assert.equal(top.columns.length, readable);
  const shown = new Set(top.columns);
  const [first] = confusedPairs(confusion);
  assert.ok(shown.has(first!.label) && shown.has(first!.predicted));
  const byMistakes = Array.from({ length: 90 }, (_, of) => of).sort((a, b) => mistakesOf(confusion, b) - mistakesOf(confusion, a));
  const others = new Set(byMistakes.slice(0, readable));
  const between = (classes: ReadonlySet<number>) =>
    confusedPairs(confusion).reduce((sum, c) => sum + (classes.has(c.label) && classes.has(c.predicted) ? c.count : 0), 0);
  assert.ok(between(shown) >= between(others), `${between(shown)} mistakes are shown, ${between(others)} of the classes in the most`);
  for (let i = 1; i < readable; i++) assert.ok(mistakesOf(confusion, top.columns[i - 1]!) >= mistakesOf(confusion, top.columns[i]!));
  assert.deepEqual(
    top.rows.slice(readable).every((of) => of >= 90),
    true,
  );
  assert.equal(
    top.shown,
    cellsOf(confusion).reduce((sum, c) => sum + (c.label !== c.predicted && shown.has(c.label) && shown.has(c.predicted) ? c.count : 0), 0),
  );
  const all = matrixOf(confusion, 'class', true);
  const occurs = (of: number) =>
    rows.labels.some((label, row) => (label === of && rows.predicted[row]! >= 0) || false) || confusion.predicted[of]! > 0;
  assert.deepEqual(all.columns, Array.from({ length: 90 }, (_, of) => of).filter(occurs));
  assert.deepEqual(
    [...matrixOf(confusion, 'confused', true).columns].sort((a, b) => a - b),
    all.columns,
  );
});

test('ten thousand pictures of a thousand classes are counted and ordered at once', () => {
  const rows = rowsWith(10_000, 1000, 0);
  const started = performance.now();
  const matrix = matrixOf(confusionOf(rows), 'confused', true);
  const ms = performance.now() - started;
  console.log(`confusion of 10,000 pictures of 1,000 classes, seriated: ${ms.toFixed(0)} ms`);
  assert.equal(new Set(matrix.columns).size, matrix.columns.length);
});
