/** RISE: what its masks are, the map of a model whose map is known, the error it states. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Params } from '../../src/explain/method.ts';
import { randomMasks, rise } from '../../src/explain/methods/rise.ts';

const height = 20;
const width = 30;
const size = height * width;
const base = { cells: 5, probability: 0.4, seed: 3 };

function mean(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
}

/** Place of pixel `x` among the cells of a mask enlarged to (cells + 1) · cell and shifted, mirrored at its border. */
function place(x: number, shift: number, side: number, cells: number): number {
  const cell = Math.ceil(side / cells);
  const at = ((x + shift + 0.5) * cells) / ((cells + 1) * cell) - 0.5;
  if (at < 0) return -at;
  return at > cells - 1 ? 2 * (cells - 1) - at : at;
}

test('a mask is zeros and ones enlarged bilinearly and shifted by less than a cell: one of the shifts explains every pixel', () => {
  const mask = new Float64Array(size);
  for (const i of [0, 1, 17]) {
    randomMasks({ height, width, ...base })(i, mask);
    assert.ok(mask.every((v) => v >= 0 && v <= 1));
    const found = shifts().filter(([dy, dx]) => explains(mask, dy, dx));
    assert.equal(found.length, 1, `mask ${i}: ${found.length} shifts`);
  }
});

function shifts(): [number, number][] {
  const [down, right] = [Math.ceil(height / base.cells), Math.ceil(width / base.cells)];
  return Array.from({ length: down * right }, (_, i) => [Math.floor(i / right), i % right]);
}

/** Whether some grid of zeros and ones gives the mask under this shift: read off where cells have their centres, corners tried. */
function explains(mask: Float64Array, dy: number, dx: number): boolean {
  const { cells } = base;
  const last = cells - 1;
  const rows = Array.from({ length: height }, (_, y) => place(y, dy, height, cells));
  const columns = Array.from({ length: width }, (_, x) => place(x, dx, width, cells));
  const nearest = (places: number[], cell: number) => {
    const distances = places.map((p) => Math.abs(p - cell));
    return distances.indexOf(Math.min(...distances));
  };
  const grid = Array.from({ length: cells * cells }, (_, i) =>
    Math.round(mask[nearest(rows, Math.floor(i / cells)) * width + nearest(columns, i % cells)] as number),
  );
  const fits = (all: readonly number[]) =>
    mask.every((v, i) => Math.abs(enlarged(all, rows[Math.floor(i / width)], columns[i % width]) - v) < 1e-9);
  return Array.from({ length: 16 }, (_, bits) => {
    const tried = [...grid];
    [0, last, last * cells, last * cells + last].forEach((corner, k) => {
      tried[corner] = (bits >> k) & 1;
    });
    return fits(tried);
  }).some((fit) => fit);
}

function enlarged(grid: readonly number[], y = 0, x = 0): number {
  const { cells } = base;
  const at = (row: number, column: number) => grid[Math.min(row, cells - 1) * cells + Math.min(column, cells - 1)] as number;
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const upper = (1 - x + left) * at(top, left) + (x - left) * at(top, left + 1);
  const lower = (1 - x + left) * at(top + 1, left) + (x - left) * at(top + 1, left + 1);
  return (1 - y + top) * upper + (y - top) * lower;
}

test('each pixel is seen with the same expected weight, also at the border; every shift occurs', () => {
  const count = 4000;
  const masks = randomMasks({ height, width, ...base });
  const mask = new Float64Array(size);
  const sum = new Float64Array(size);
  for (let i = 0; i < count; i++) {
    masks(i, mask);
    mask.forEach((v, cell) => {
      sum[cell] = (sum[cell] as number) + v;
    });
  }
  // A pixel is at most as uncertain as one coin.
  const allowed = 4.5 * Math.sqrt((0.4 * 0.6) / count);
  assert.ok(sum.every((v) => Math.abs(v / count - 0.4) < allowed));
  // In its mean over all pixels much less: all of it within a fifth.
  assert.ok(Math.abs(mean(sum) / count - 0.4) < allowed / 2);
});

test('masks do not depend on how many are drawn, and the seed decides', () => {
  const of = (seed: number, i: number) => {
    const mask = new Float64Array(size);
    randomMasks({ height, width, ...base, seed })(i, mask);
    return mask;
  };
  assert.deepEqual(of(3, 9), of(3, 9));
  assert.notDeepEqual(of(3, 9), of(4, 9));
  assert.notDeepEqual(of(3, 9), of(3, 10));
});

/** A model that reads one pixel: its probability is 0.1 + 0.8 · (that pixel). */
const planted = { y: 6, x: 21 };
const pixel = planted.y * width + planted.x;

function run(params: Params, weights: readonly [number, number] = [0.1, 0.8], variant = 'probability') {
  const input = new Float32Array(2 * size).fill(1);
  const all = { ...base, masks: 1000, ...params };
  const asked = rise.prepare({ input, black: [0, 0], channels: 2, height, width, variant, params: all });
  const into = new Float32Array(2 * size);
  const of = (i: number) => {
    asked.fill(i, into);
    assert.equal(into[pixel], into[size + pixel], 'one mask for all channels');
    return weights[0] + weights[1] * (into[pixel] as number);
  };
  const scores = { whole: 0.9, of };
  return { asked, scores, map: (done = asked.count) => asked.map(scores, done) };
}

/**
 * Expected map of the planted model: E[p·M(λ)]/P(1) = 0.1 + 0.8·E[M(μ)M(λ)]/P(1), and E[M(μ)M(λ)] is P(1)² plus
 * P(1)(1 − P(1)) times the mean over shifts of Σ over cells of the weights that both pixels give the cell.
 */
function expectedMap(): Float64Array {
  const { cells, probability } = base;
  const weights = (x: number, shift: number, side: number) => {
    const at = place(x, shift, side, cells);
    return Array.from({ length: cells }, (_, cell) => Math.max(0, 1 - Math.abs(at - cell)));
  };
  const shared = (a: number, b: number, side: number) => {
    const cell = Math.ceil(side / cells);
    const each = Array.from({ length: cell }, (_, shift) => {
      const [u, v] = [weights(a, shift, side), weights(b, shift, side)];
      return u.reduce((sum, w, k) => sum + w * (v[k] as number), 0);
    });
    return mean(each);
  };
  return Float64Array.from({ length: size }, (_, i) => {
    const overlap = shared(planted.y, Math.floor(i / width), height) * shared(planted.x, i % width, width);
    return 0.1 + 0.8 * (probability + (1 - probability) * overlap);
  });
}

for (const variant of ['probability', 'weighted', 'logit'] as const) {
  test(`${variant}: the map of a model that reads one pixel is the one that follows from the masks, within the error it states`, () => {
    const expected = expectedMap();
    const { asked, map, scores } = run({ masks: 4000 }, [0.1, 0.8], variant);
    const values = map();
    const range = Math.max(...values) - Math.min(...values);
    const [, largest] = shares(asked.checks?.(scores, 4000)[0]?.text ?? '');
    const worst = Math.max(...values.map((v, i) => Math.abs(v - (expected[i] as number))));
    assert.ok(worst < 4.5 * (largest / 100) * range, `${worst} of ${range}, error ${largest} %`);
    assert.equal(values.indexOf(Math.max(...values)), pixel);
  });
}

/** The two percentages of a standard error's text. */
function shares(text: string): [number, number] {
  const found = [...text.matchAll(/([\d.e+-]+) %/g)].map((m) => Number(m[1]));
  assert.equal(found.length, 2, text);
  return found as [number, number];
}

for (const variant of ['probability', 'weighted'] as const) {
  test(`${variant}: the mean over seeds goes to the expected map, and the stated error is the spread between seeds`, () => {
    const expected = expectedMap();
    const seeds = Array.from({ length: 60 }, (_, seed) => run({ masks: 100, seed }, [0.1, 0.8], variant));
    const maps = seeds.map((one) => one.map());
    const stated = mean(seeds.map((one) => statedError(one, 100)));
    const spreads = expected.map((_, i) => {
      const own = maps.map((m) => m[i] as number);
      return Math.sqrt(mean(own.map((v) => (v - mean(own)) ** 2)));
    });
    assert.ok(Math.abs(stated / mean(spreads) - 1) < 0.15, `stated ${stated}, found ${mean(spreads)}`);
    expected.forEach((e, i) => {
      const found = mean(maps.map((m) => m[i] as number));
      assert.ok(Math.abs(found - e) < (5 * (spreads[i] as number)) / Math.sqrt(60), `pixel ${i}: ${found}, expected ${e}`);
    });
  });
}

/** Mean standard error that the check states, in units of the map. */
function statedError({ asked, scores, map }: ReturnType<typeof run>, done: number): number {
  const values = map(done);
  const [share] = shares(asked.checks?.(scores, done)[0]?.text ?? '');
  return (share / 100) * (Math.max(...values) - Math.min(...values));
}

test('the error shrinks with the square root of the number of masks, and is there while the run goes on', () => {
  const one = run({ masks: 6400 });
  const errors = [100, 400, 1600, 6400].map((done) => statedError(one, done));
  for (const [a, b] of [
    [0, 1],
    [1, 2],
    [2, 3],
  ] as const) {
    assert.ok(Math.abs((errors[a] as number) / (errors[b] as number) / 2 - 1) < 0.1, errors.join());
  }
  assert.deepEqual(one.asked.checks?.(one.scores, 1), [], 'none from one mask');
});

test('more masks go on from fewer: one key, the first inputs the same; other masks have another', () => {
  const [few, many] = [run({ masks: 50 }), run({ masks: 500 })];
  assert.equal(few.asked.key, many.asked.key);
  assert.deepEqual(few.map(), many.map(50));
  for (const other of [{ seed: 4 }, { cells: 6 }, { probability: 0.5 }]) assert.notEqual(run(other).asked.key, few.asked.key);
});

test('a constant model: flat but for how often pixels were seen; by what was seen, exactly flat', () => {
  const values = run({ masks: 2000 }, [0.3, 0]).map();
  assert.ok(values.every((v) => Math.abs(v - 0.3) < 0.05));
  assert.ok(Math.max(...values) - Math.min(...values) > 0.001);
  const weighted = run({ masks: 100 }, [0.3, 0], 'weighted');
  assert.ok(weighted.map().every((v) => Math.abs(v - 0.3) < 1e-6));
  assert.ok(statedError(weighted, 100) < 1e-6);
});

test('usual cells: eight, of two pixels at least', () => {
  assert.deepEqual(
    [
      [224, 224],
      [32, 32],
      [10, 40],
      [3, 3],
    ].map(([h, w]) => rise.defaults(h as number, w as number).cells),
    [8, 8, 5, 2],
  );
});
