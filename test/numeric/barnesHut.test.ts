/** Repulsion by Barnes-Hut, which adds up in single precision, against all pairs in double precision, and for points that trees like least. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BarnesHut } from '../../src/numeric/tsne/barnesHut.ts';
import { Random } from '../../src/shared/random.ts';
import { goldenTsne } from '../support/goldenTsne.ts';
import { PlainBarnesHut } from '../support/plainBarnesHut.ts';
import { bruteForce, distanceOf, repel } from '../support/repulsion.ts';
import { sharedMissing } from '../support/shared.ts';

const golden = goldenTsne();

function cloud(count: number, spread: number, seed = 1): Float64Array {
  const random = Random.seeded(seed);
  return Float64Array.from(Array.from({ length: count }, () => random.normals().map((v) => v * spread)).flat());
}

/** Sets that have made trees recurse for ever, divide by 0 or lose points. */
const degenerate: Record<string, Float64Array> = {
  'one point': Float64Array.of(3, -4),
  'two points': Float64Array.of(0, 0, 1, 2),
  'two equal points': Float64Array.of(5, 5, 5, 5),
  'all equal': new Float64Array(600).fill(0.1),
  'on a line': Float64Array.from({ length: 800 }, (_, k) => (k % 2 ? 7 : k / 10)),
  'on a diagonal': Float64Array.from({ length: 800 }, (_, k) => (k >> 1) / 3),
  'each three times': Float64Array.from({ length: 900 }, (_, k) => Math.floor((k >> 1) / 3) * (k % 2 ? 0.7 : 0.3)),
  'a crowd of equal points among others': Float64Array.from({ length: 1000 }, (_, k) => (k < 800 ? 1 / 3 : k / 100)),
  'a point far away': Float64Array.from({ length: 600 }, (_, k) => (k < 2 ? 1e12 : Math.sin(k))),
  'as wide as numbers go': Float64Array.from({ length: 600 }, (_, k) => (k % 2 ? -1 : 1) * 10 ** (k / 10 - 30)),
  'neighbouring numbers': Float64Array.from({ length: 400 }, (_, k) => 1 + ((k >> 1) % 3) * Number.EPSILON),
  'start of a run': cloud(1000, 1e-4),
  'late in a run': cloud(1000, 20),
};

for (const [name, positions] of Object.entries(degenerate)) {
  test(`${name}: θ = 0 is all pairs, θ = 0.5 is finite and close`, () => {
    const expected = bruteForce(positions);
    const off = (forces: Float64Array) => distanceOf(forces, expected.forces);
    const exact = repel(new BarnesHut(positions.length / 2, 0), positions);
    assert.ok(off(exact.forces) < 1e-6 * expected.strength + 1e-10, `forces off by ${off(exact.forces)} of ${expected.strength}`);
    assert.ok(Math.abs(exact.z - expected.z) <= 1e-6 * (positions.length + expected.z), `Z ${exact.z} against ${expected.z}`);
    const near = repel(new BarnesHut(positions.length / 2, 0.5), positions);
    assert.ok(off(near.forces) < 0.02 * expected.strength + 1e-10, `θ 0.5: forces off by ${off(near.forces)} of ${expected.strength}`);
    assert.ok(Math.abs(near.z - expected.z) <= 0.01 * expected.z + 1e-6 * positions.length, `θ 0.5: Z ${near.z} against ${expected.z}`);
  });
}

test('no point at all', () => {
  assert.equal(repel(new BarnesHut(0, 0.5), new Float64Array()).z, 0);
});

test('in parts, in any number of them, forces are the same to the last bit', () => {
  const positions = cloud(1500, 10);
  const whole = repel(new BarnesHut(1500, 0.5), positions);
  for (const parts of [2, 7, 100]) {
    const found = repel(new BarnesHut(1500, 0.5), positions, parts);
    assert.deepEqual(found.forces, whole.forces);
    assert.ok(Math.abs(found.z / whole.z - 1) < 1e-12);
  }
});

test('points that moved are sorted anew', () => {
  const barnesHut = new BarnesHut(1000, 0);
  repel(barnesHut, cloud(1000, 5, 1));
  const moved = cloud(1000, 9, 2);
  const expected = bruteForce(moved);
  assert.ok(distanceOf(repel(barnesHut, moved).forces, expected.forces) < 1e-6 * expected.strength);
});

test('θ = 0.5 on a layout of digits: no further off than a walk of each point by itself', { skip: golden ? false : sharedMissing }, () => {
  const layout = Float64Array.from(golden?.layout('sklearn_bh_pca_seed0') as Float32Array);
  const expected = bruteForce(layout);
  const found = repel(new BarnesHut(2000, 0.5), layout);
  const plain = repel(new PlainBarnesHut(2000, 0.5), layout);
  const errors = [found, plain].map(({ forces }) => distanceOf(forces, expected.forces) / expected.strength) as [number, number];
  const offZ = [found, plain].map(({ z }) => Math.abs(z / expected.z - 1)) as [number, number];
  assert.ok(errors[0] <= errors[1] && errors[0] < 0.003, `forces off by ${errors}`);
  assert.ok(offZ[0] <= offZ[1] && offZ[0] < 0.01, `Z off by ${offZ}`);
});
