/** What is read from frames: rank correlation, flips, moved maps, accuracy, and the rule of the alarms. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rankCorrelation } from '../../src/shared/rankCorrelation.ts';
import type { ProbeFrames } from '../../src/shared/trainingProtocol.ts';
import { accuracy, alarms, flips, moved } from '../../src/shared/trainingReading.ts';
import { noise } from '../support/onnxModels.ts';

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

/** By counting: of each value how many are smaller, and half of those that are equal; then Pearson's formula as it is in books. */
function spearman(a: readonly number[], b: readonly number[]): number {
  const rank = (all: readonly number[], x: number) => all.filter((y) => y < x).length + (all.filter((y) => y === x).length + 1) / 2;
  const [x, y] = [a.map((v) => rank(a, v)), b.map((v) => rank(b, v))];
  const n = a.length;
  const sum = (all: readonly number[]) => all.reduce((s, v) => s + v, 0);
  const xy = sum(x.map((v, i) => v * y[i]!));
  const [xx, yy] = [sum(x.map((v) => v * v)), sum(y.map((v) => v * v))];
  return (n * xy - sum(x) * sum(y)) / Math.sqrt((n * xx - sum(x) ** 2) * (n * yy - sum(y) ** 2));
}

test('rank correlation, with ties and without, against counting', () => {
  for (let seed = 1; seed < 20; seed++) {
    const [a, b] = [[...noise(50, seed)], [...noise(50, seed + 100)]];
    near(rankCorrelation(a, b), spearman(a, b));
    const [c, d] = [a.map((v) => Math.round(v * 2)), b.map((v, i) => Math.max(0, v + a[i]!))];
    near(rankCorrelation(c, d), spearman(c, d));
  }
});

test('rank correlation of known lists', () => {
  near(rankCorrelation([1, 2, 3, 4], [10, 20, 30, 1e9]), 1);
  near(rankCorrelation([1, 2, 3, 4], [4, 3, 2, 1]), -1);
  // scipy.stats.spearmanr([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]): Wikipedia's example.
  near(rankCorrelation([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]), -29 / 165);
  assert.ok(Number.isNaN(rankCorrelation([1, 1, 1], [1, 2, 3])), 'a constant list');
  assert.ok(Number.isNaN(rankCorrelation([], [])));
  assert.ok(Number.isNaN(rankCorrelation([1], [2])));
  near(rankCorrelation([1, Number.NaN, 3, 2], [1, 5, 3, 2]), 1);
});

interface Row {
  image: string;
  truth?: number;
  predicted?: number;
  explained?: number;
  trueProbability?: number;
  confidence?: number;
  map?: readonly number[];
  border?: readonly [share: number, peak: number];
  object?: readonly [share: number, area: number, peak: number];
}

const classes = ['ant', 'bee', 'cat'];

function framesOf(rows: readonly Row[], overrides: Partial<ProbeFrames> = {}): ProbeFrames {
  const column = (of: (row: Row) => number | undefined, missing = Number.NaN) => Float32Array.from(rows, (row) => of(row) ?? missing);
  const cells = rows[0]?.map?.length ?? 4;
  return {
    ...{ version: 'v', images: rows.map(({ image }) => image), classes, scored: true },
    truth: Int32Array.from(rows, ({ truth = -1 }) => truth),
    predicted: Int32Array.from(rows, ({ predicted = -1 }) => predicted),
    explained: Int32Array.from(rows, ({ predicted = -1, explained = predicted }) => explained),
    confidence: column(({ confidence }) => confidence, 0.9),
    trueProbability: column(({ trueProbability }) => trueProbability),
    map: { method: 'grad-cam', variant: 'default', layer: 'conv', relu: true, signed: true, unit: 'logit' },
    ...{ height: 2, width: cells / 2 },
    maps: Float32Array.from(rows.flatMap(({ map }) => map ?? Array.from({ length: cells }, () => Number.NaN))),
    borderShare: column(({ border }) => border?.[0]),
    borderPeak: Uint8Array.from(rows, ({ border }) => border?.[1] ?? 0),
    objectShare: column(({ object }) => object?.[0]),
    objectArea: column(({ object }) => object?.[1]),
    objectPeak: Uint8Array.from(rows, ({ object }) => object?.[2] ?? 0),
    ...{ errors: [], ms: 0 },
    ...overrides,
  };
}

test('flips: by image, the largest fall first; what cannot be judged at both counts for neither', () => {
  const before = framesOf([
    { image: 'a', truth: 0, predicted: 0, trueProbability: 0.6 },
    { image: 'b', truth: 1, predicted: 1, trueProbability: 0.9 },
    { image: 'c', truth: 2, predicted: 0, trueProbability: 0.2 },
    { image: 'd', truth: 2, predicted: 1, trueProbability: 0.1 },
    { image: 'e', predicted: 1 },
    { image: 'f', truth: 0 },
    { image: 'g', truth: 0, predicted: 0, trueProbability: 0.9 },
    { image: 'gone', truth: 0, predicted: 0, trueProbability: 0.9 },
  ]);
  const now = framesOf([
    { image: 'new', truth: 0, predicted: 1, trueProbability: 0.1 },
    { image: 'd', truth: 2, predicted: 2, trueProbability: 0.9 },
    { image: 'c', truth: 2, predicted: 2, trueProbability: 0.5 },
    { image: 'b', truth: 1, predicted: 2, trueProbability: 0.1 },
    { image: 'a', truth: 0, predicted: 1, trueProbability: 0.3 },
    { image: 'e', predicted: 2 },
    { image: 'f', truth: 0, predicted: 1, trueProbability: 0 },
    { image: 'g', truth: 0, predicted: 0, trueProbability: 0.5 },
  ]);
  assert.deepEqual(flips(before, now), { becameWrong: [3, 4], becameRight: [1, 2] });
  assert.deepEqual(flips(now, now), { becameWrong: [], becameRight: [] });
  assert.deepEqual(flips(before, { ...now, scored: false }), { becameWrong: [], becameRight: [] });
});

test('moved: maps as they are drawn, of the same image; none of another layer', () => {
  const before = framesOf([
    { image: 'a', map: [1, 2, 3, 4] },
    { image: 'b', map: [-9, -5, 3, 4] },
    { image: 'c', map: [1, 1, 1, 1] },
    { image: 'd', map: [-1, -2, -3, -4] },
    { image: 'e' },
  ]);
  const now = framesOf([
    { image: 'b', map: [-1, -2, 30, 40] },
    { image: 'a', map: [4, 3, 2, 1] },
    { image: 'c', map: [1, 2, 3, 4] },
    { image: 'd', map: [1, 2, 3, 4] },
    { image: 'e', map: [1, 2, 3, 4] },
    { image: 'new', map: [1, 2, 3, 4] },
  ]);
  assert.deepEqual([...moved(before, now)], [1, -1, Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  const signed = (frames: ProbeFrames) => ({ ...frames, map: { ...frames.map, relu: false } });
  const at = moved(signed(before), signed(now))[0]!;
  assert.ok(at > 0 && at < 1, 'below 0 counts where it is drawn');
  assert.ok(moved(before, { ...now, map: { ...now.map, layer: 'other' } }).every(Number.isNaN));
  assert.ok(moved(before, framesOf([{ image: 'a', map: [1, 2, 3, 4, 5, 6] }])).every(Number.isNaN));
});

test('accuracy: of those whose class is known', () => {
  const frames = framesOf([
    { image: 'a', truth: 0, predicted: 0 },
    { image: 'b', truth: 1, predicted: 0 },
    { image: 'c', truth: 1, predicted: 1 },
    { image: 'd', predicted: 1 },
    { image: 'e', truth: 1 },
  ]);
  near(accuracy(frames), 2 / 3);
  assert.ok(Number.isNaN(accuracy({ ...frames, scored: false })));
  assert.ok(Number.isNaN(accuracy(framesOf([{ image: 'd', predicted: 1 }]))));
});

/** So many probes of one class with their evidence on the border. */
function cheating(count: number, row: Partial<Row> = {}): Row[] {
  return Array.from({ length: count }, (_, i) => ({
    image: `${i}`,
    predicted: 1,
    border: [0.8, 1] as const,
    map: Array.from({ length: 40 }, (_, cell) => Number(cell === (i * 7) % 40)),
    ...row,
  }));
}

const alarmsOf = (...all: readonly (readonly Row[])[]) => {
  const found = alarms(all.map((rows, i) => ({ checkpoint: `${i + 1}`, frames: framesOf(rows, { height: 5, width: 8 }) })));
  return all.map((_, i) => (found.get(`${i + 1}`) ?? []).map(({ kind, label, since }) => `${kind} ${label} since ${since}`));
};

test('an alarm: at two checkpoints in a row, of enough probes, surely, with more evidence on the border than an even map', () => {
  const on = cheating(5);
  assert.deepEqual(alarmsOf(on, on, on), [[], ['border bee since 1'], ['border bee since 1']]);
  assert.deepEqual(alarmsOf(on, cheating(5, { border: [0.5, 1] }), on, on), [[], [], [], ['border bee since 3']]);
  assert.deepEqual(alarmsOf(cheating(4), cheating(4)).flat(), [], 'too few');
  assert.deepEqual(alarmsOf(cheating(5, { confidence: 0.4 }), cheating(5, { confidence: 0.4 })).flat(), [], 'not sure');
  assert.deepEqual(alarmsOf(cheating(5, { border: [0.74, 1] }), cheating(5, { border: [0.74, 1] })).flat(), [], 'no more than an even map');
  assert.deepEqual(alarmsOf(cheating(5, { explained: 0 }), cheating(5, { explained: 0 })).flat(), [], 'maps of another class');
  const peaks = [...cheating(4), ...cheating(1, { border: [0.8, 0] })];
  assert.deepEqual(alarmsOf(peaks, peaks).flat(), [], 'one of five looks elsewhere');
  assert.deepEqual(alarmsOf([...cheating(9), ...cheating(1, { border: [0.8, 0] })], cheating(9))[1], ['border bee since 1']);
});

test('three are enough where all hottest points are in one place', () => {
  const inOnePlace = cheating(3, { map: Array.from({ length: 40 }, (_, cell) => Number(cell === 19)) });
  assert.deepEqual(alarmsOf(inOnePlace, inOnePlace)[1], ['border bee since 1']);
  const two = inOnePlace.slice(0, 2);
  assert.deepEqual(alarmsOf(two, two).flat(), []);
});

test('an alarm that is raised stays while the evidence is a little less, not longer', () => {
  const on = cheating(6);
  const little = cheating(6, { border: [0.7, 1] });
  const gone = cheating(6, { border: [0.6, 1] });
  assert.deepEqual(alarmsOf(on, on, little, little, gone, little), [
    [],
    ['border bee since 1'],
    ['border bee since 1'],
    ['border bee since 1'],
    [],
    [],
  ]);
});

test('off the object: only where there are masks', () => {
  const off = cheating(6, { border: [0.2, 0], object: [0.05, 0.2, 0] });
  assert.deepEqual(alarmsOf(off, off)[1], ['object bee since 1']);
  const on = cheating(6, { border: [0.2, 0], object: [0.5, 0.2, 1] });
  assert.deepEqual(alarmsOf(on, on).flat(), []);
  const without = cheating(6, { border: [0.2, 0] });
  assert.deepEqual(alarmsOf(without, without).flat(), []);
});

test('a hottest point on the border that lies on the object is none of it', () => {
  const atEdge = cheating(6, { object: [0.5, 0.2, 1] });
  assert.deepEqual(alarmsOf(atEdge, atEdge).flat(), []);
  const beside = cheating(6, { object: [0.5, 0.2, 0] });
  assert.deepEqual(alarmsOf(beside, beside)[1], ['border bee since 1']);
});

test('a map of 4 cells a side has no border to speak of; one of 5 has', () => {
  const frames = (height: number, width: number) => framesOf(cheating(9), { height, width });
  const found = (height: number, width: number) =>
    alarms(['1', '2'].map((checkpoint) => ({ checkpoint, frames: frames(height, width) })))
      .get('2')
      ?.map(({ kind }) => kind);
  assert.deepEqual(found(4, 10), []);
  assert.deepEqual(found(10, 4), []);
  assert.deepEqual(found(5, 8), ['border']);
});

test('outputs that are no classes raise none', () => {
  const frames = framesOf(cheating(9), { scored: false });
  const found = alarms([
    { checkpoint: '1', frames },
    { checkpoint: '2', frames },
  ]);
  assert.deepEqual([...found.values()].flat(), []);
});
