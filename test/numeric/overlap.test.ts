/** Overlap of neighbourhoods: against sorting all distances, and over sets that are not the same. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearestNeighbours } from '../../src/numeric/neighbours.ts';
import { type NamedNeighbours, neighbourOverlap } from '../../src/numeric/overlap.ts';
import { Random } from '../../src/shared/random.ts';

type Rows = ReadonlyMap<string, readonly number[]>;

function rowsOf(names: readonly string[], seed: number): Rows {
  const random = Random.seeded(seed);
  return new Map(names.map((name) => [name, Array.from({ length: 6 }, () => random.normals()[0])]));
}

/** Some of the coordinates are those of the other space. */
function mixed(a: Rows, seed: number): Rows {
  const random = Random.seeded(seed);
  return new Map([...a].map(([name, row]) => [name, row.map((v, t) => (t < 4 ? v : random.normals()[0]))]));
}

async function named(rows: Rows, k: number): Promise<NamedNeighbours> {
  const data = Float32Array.from([...rows.values()].flat());
  return { names: [...rows.keys()], graph: await nearestNeighbours({ data, count: rows.size, dimensions: 6 }, k, { metric: 'cosine' }) };
}

/** The k nearest of a row among `others`, all compared. */
function near(rows: Rows, name: string, others: readonly string[], k: number): string[] {
  const cosine = (a: readonly number[], b: readonly number[]) => {
    const dot = (x: readonly number[], y: readonly number[]) => x.reduce((s, v, t) => s + Math.fround(v) * Math.fround(y[t]!), 0);
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  };
  const own = rows.get(name)!;
  return others
    .filter((other) => other !== name)
    .sort((x, y) => cosine(own, rows.get(y)!) - cosine(own, rows.get(x)!))
    .slice(0, k);
}

const names = Array.from({ length: 60 }, (_, i) => `image ${i}`);

test('the mean share of neighbours in both, as sorting all of them has it', async () => {
  const [a, b] = [rowsOf(names, 1), mixed(rowsOf(names, 1), 2)];
  const expected = names.reduce((sum, name) => {
    const other = near(b, name, names, 10);
    return sum + near(a, name, names, 10).filter((each) => other.includes(each)).length / 10 / names.length;
  }, 0);
  const found = neighbourOverlap(await named(a, 10), await named(b, 10), 10);
  assert.deepEqual([found.k, found.points], [10, 60]);
  assert.ok(Math.abs(found.share - expected) < 1e-12, `${found.share} against ${expected}`);
  assert.ok(expected > 0.25 && expected < 0.9, `${expected}`);
});

test('1 with itself in another order; chance with something else', async () => {
  const a = rowsOf(names, 1);
  const turned = new Map([...a].reverse());
  assert.equal(neighbourOverlap(await named(a, 10), await named(turned, 10), 10).share, 1);
  const { share } = neighbourOverlap(await named(a, 10), await named(rowsOf(names, 9), 10), 10);
  assert.ok(Math.abs(share - 10 / 59) < 0.05, `${share}`);
});

test('of sets that are not the same, over what both have', async () => {
  const [a, b] = [rowsOf(names.slice(0, 55), 1), mixed(rowsOf(names, 1), 2)];
  const fewer = new Map([...b].slice(5));
  const both = names.slice(5, 55);
  const expected = both.reduce((sum, name) => {
    const other = near(fewer, name, both, 10);
    return sum + near(a, name, both, 10).filter((each) => other.includes(each)).length / 10 / both.length;
  }, 0);
  const found = neighbourOverlap(await named(a, 25), await named(fewer, 25), 10);
  assert.equal(found.points, 50);
  assert.ok(Math.abs(found.share - expected) < 1e-12, `${found.share} against ${expected}`);
  // Lists that are too short for some tell of the others.
  const short = neighbourOverlap(await named(a, 11), await named(fewer, 11), 10);
  assert.ok(short.points > 5 && short.points < 50, `${short.points}`);
});

test('few points', async () => {
  const of = async (count: number) =>
    neighbourOverlap(await named(rowsOf(names.slice(0, count), 1), 10), await named(rowsOf(names.slice(0, count), 3), 10), 10);
  assert.equal((await of(9)).k, 4);
  assert.ok(Number.isNaN((await of(2)).share));
  assert.ok(Number.isNaN(neighbourOverlap(await named(rowsOf(['a'], 1), 10), await named(rowsOf(['b'], 1), 10), 10).share));
});
