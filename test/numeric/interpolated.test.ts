import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { InterpolatedRepulsion } from '../../src/numeric/tsne/interpolated.ts';
import { EvenConvolution, paddedLength } from '../../src/numeric/tsne/interpolatedConvolution.ts';
import { frameOf, mostNodes } from '../../src/numeric/tsne/interpolatedFrame.ts';
import { quintic, quinticGain, reach } from '../../src/numeric/tsne/interpolatedSpline.ts';
import { Random } from '../../src/shared/random.ts';
import { closeTo } from '../support/closeTo.ts';
import { sharedMissing, sharedPath } from '../support/shared.ts';

interface Repelled {
  forces: Float64Array;
  z: number;
}

/** All pairs, in double precision. */
function bruteForce(positions: Float64Array): Repelled {
  const forces = new Float64Array(positions.length);
  let z = 0;
  for (let i = 0; i < positions.length; i += 2) {
    for (let j = 0; j < positions.length; j += 2) {
      if (i === j) continue;
      const dx = positions[i]! - positions[j]!;
      const dy = positions[i + 1]! - positions[j + 1]!;
      const q = 1 / (1 + dx * dx + dy * dy);
      z += q;
      forces[i] = forces[i]! + q * q * dx;
      forces[i + 1] = forces[i + 1]! + q * q * dy;
    }
  }
  return { forces, z };
}

function interpolated(positions: Float64Array): Repelled {
  const repulsion = new InterpolatedRepulsion(positions.length / 2);
  repulsion.prepare(positions);
  const forces = new Float64Array(positions.length);
  return { forces, z: repulsion.apply(0, positions.length / 2, forces) };
}

const size = (x: Float64Array) => Math.hypot(...x);

/** Root mean square of the error over that of the forces, and the relative error of Z. */
function errors(positions: Float64Array): { force: number; z: number } {
  const [mine, exact] = [interpolated(positions), bruteForce(positions)];
  const difference = exact.forces.map((f, i) => f - mine.forces[i]!);
  return { force: size(difference) / size(exact.forces), z: Math.abs(mine.z / exact.z - 1) };
}

/** Clusters as of a finished layout, `across` from side to side. */
function clusters(count: number, across: number, seed = 1): Float64Array {
  const random = Random.seeded(seed);
  const centres = Array.from({ length: 12 }, () => [random.uniform() - 0.5, random.uniform() - 0.5]);
  const positions = new Float64Array(2 * count);
  for (let i = 0; i < count; i++) {
    const centre = centres[random.below(centres.length)] as number[];
    const offset = random.normals();
    for (let axis = 0; axis < 2; axis++) positions[2 * i + axis] = across * (0.7 * centre[axis]! + 0.07 * offset[axis]!);
  }
  return positions;
}

test('forces and Z are those of all pairs, for spread, tight, long and thin layouts', () => {
  const spread = clusters(3000, 80);
  const cases: [string, Float64Array, number, number][] = [
    ['spread', spread, 1e-2, 2e-5],
    ['as after early exaggeration', clusters(3000, 12), 2e-3, 1e-5],
    ['at the beginning', clusters(3000, 3e-4), 1e-4, 1e-9],
    ['closer than is told apart by 1 + r²', clusters(500, 1e-12), 1e-4, 1e-12],
    ['long', spread.map((x, i) => (i % 2 ? 0.01 * x : 3 * x)), 1e-2, 2e-5],
    ['far from 0', clusters(1000, 30).map((x) => x + 5000), 1e-2, 2e-5],
    ['on a line', spread.map((x, i) => (i % 2 ? 7 : x)), 1e-2, 5e-4],
  ];
  for (const [name, positions, force, z] of cases) {
    const found = errors(positions);
    assert.ok(found.force < force && found.z < z, `${name}: forces off by ${found.force}, Z by ${found.z}`);
  }
});

test('forces on a finished layout are closer than those of Barnes-Hut with θ = 0.5, which are off by 1.6 %', (t) => {
  const file = sharedPath('golden/tsne/layout_sklearn_bh_pca_seed0.f32');
  if (file === undefined) return t.skip(sharedMissing);
  const bytes = readFileSync(file);
  const positions = Float64Array.from(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4));
  const found = errors(positions);
  assert.ok(found.force < 7e-3 && found.z < 2e-5, `off by ${found.force}, Z by ${found.z}`);
});

test('two points, one point, none, points that are all equal', () => {
  const two = Float64Array.of(1, 2, 4, -2);
  const [mine, exact] = [interpolated(two), bruteForce(two)];
  closeTo(mine.forces, exact.forces, 1e-5, 'two points');
  closeTo([mine.z], [exact.z], 1e-5, 'Z of two points');
  const equal = interpolated(new Float64Array(200).fill(3));
  closeTo(equal.forces, new Float64Array(200), 1e-9, 'equal points');
  closeTo([equal.z], [100 * 99], 1e-9, 'Z of equal points');
  closeTo(interpolated(Float64Array.of(5, 5)).forces, [0, 0], 1e-9, 'one point');
  assert.equal(interpolated(new Float64Array(0)).z, 0);
});

test('the grid is bounded however far a point is, forces stay finite, Z positive', () => {
  const positions = clusters(2000, 60);
  positions.set([1e6, -3e5]);
  const nodes = frameOf(positions, 2000).map((axis) => axis.nodes);
  assert.ok(nodes[0]! * nodes[1]! <= mostNodes);
  const { forces, z } = interpolated(positions);
  assert.ok(forces.every(Number.isFinite));
  assert.ok(z > 0 && z < 2000 * 2000);
  assert.ok(interpolated(Float64Array.of(0, 0, 1e6, 4e5)).z > 0);
});

test('positions that are not finite are refused', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) assert.throws(() => interpolated(Float64Array.of(0, 0, bad, 1)), RangeError);
});

test('parts of a run, also those of other threads, make the whole; a second layout is as if it were the first', () => {
  const [first, positions] = [clusters(1000, 20), clusters(1000, 50, 2)];
  const repulsion = new InterpolatedRepulsion(1000, { shared: true });
  repulsion.prepare(first);
  repulsion.prepare(positions);
  const forces = new Float64Array(2000);
  const other = InterpolatedRepulsion.attach(structuredClone(repulsion.shared)!, positions);
  const z = repulsion.apply(0, 301, forces) + other.apply(301, 1000, forces);
  const whole = interpolated(positions);
  assert.deepEqual(forces, whole.forces);
  closeTo([z / whole.z], [1], 1e-12, 'Z');
});

test('a convolution is the sum of its definition', () => {
  const random = Random.seeded(3);
  for (const [height, width] of [
    [5, 7],
    [6, 11],
    [1, 4],
  ] as const) {
    const grid = Float64Array.from({ length: height * width }, () => random.uniform() - 0.5);
    const kernel = (down: number, right: number) => 1 / (1 + down * down + 3 * right * right);
    const expected = grid.map((_, at) => {
      let sum = 0;
      for (let r = 0; r < height; r++) {
        for (let c = 0; c < width; c++) sum += grid[r * width + c]! * kernel(r - Math.floor(at / width), c - (at % width));
      }
      return sum;
    });
    new EvenConvolution(paddedLength(height, 0), paddedLength(width, 0), kernel, () => 1).apply(grid, height, width);
    closeTo(grid, expected, 1e-6, `${height} × ${width}`);
  }
});

test('splines: weights add up to 1, keep straight lines, have these slopes and this transform', () => {
  const [weights, slopes, later, ignored] = [0, 1, 2, 3].map(() => new Float64Array(reach)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  for (const u of [0, 0.2, 0.5, 0.9, 1]) {
    quintic(u, weights, slopes);
    quintic(u + 1e-6, later, ignored);
    closeTo([weights.reduce((sum, w) => sum + w)], [1], 1e-14, 'sum');
    closeTo([weights.reduce((sum, w, i) => sum + w * (i - 2), 0)], [u], 1e-14, 'mean');
    closeTo(
      slopes,
      later.map((w, i) => (w - weights[i]!) / 1e-6),
      1e-5,
      'slopes',
    );
  }
  quintic(0, weights, slopes);
  for (const angle of [0, 1, 2, Math.PI]) {
    closeTo([quinticGain(angle)], [weights.reduce((sum, w, i) => sum + w * Math.cos(angle * (i - 2)), 0)], 1e-14, 'gain');
  }
});
