/** Threads that share the rounds of t-SNE: chunks are computed once, whoever is there. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BarnesHut } from '../../src/numeric/tsne/barnesHut.ts';
import type { InterpolatedState } from '../../src/numeric/tsne/interpolated.ts';
import { Member } from '../../src/numeric/tsne/member.ts';
import { close, control, join, open, type TsneMemory, tsneMemory } from '../../src/numeric/tsne/memory.ts';
import { Team } from '../../src/numeric/tsne/team.ts';
import { bruteForce, distanceOf } from '../support/repulsion.ts';

/** 300 points on a spiral, each with an affinity to the one before and the one behind. */
function spiral(): TsneMemory {
  const count = 300;
  const memory = tsneMemory(count, 2 * count);
  for (let i = 0; i < count; i++) {
    memory.positions.set(
      [i * Math.cos(i / 9), i * Math.sin(i / 9)].map((v) => v / 30),
      2 * i,
    );
    memory.indices.set([(i + count - 1) % count, (i + 1) % count], 2 * i);
    memory.values.fill(1 / (2 * count), 2 * i, 2 * i + 2);
    memory.indptr[i + 1] = 2 * i + 2;
  }
  return memory;
}

async function roundOf(memory: TsneMemory, helpers: number): Promise<number> {
  const team = new Team(memory, new Member(memory, new BarnesHut(memory.count, 0), 'own'));
  try {
    await team.hire(helpers, { kind: 'barnes-hut', theta: 0 });
    for (let round = 0; round < 50; round++) {
      memory.repulsion.fill(NaN);
      memory.attraction.fill(NaN);
      memory.chunkZ.fill(NaN);
      memory.chunkDivergence.fill(NaN);
      await team.round(true);
    }
    return team.threads;
  } finally {
    await team.dismiss();
  }
}

test('a round computes both halves of the gradient, its Z and divergence, with helpers and without', async () => {
  const alone = spiral();
  assert.equal(await roundOf(alone, 0), 1);
  const expected = bruteForce(alone.positions);
  assert.ok(distanceOf(alone.repulsion, expected.forces) < 1e-6 * expected.strength);
  assert.ok(Math.abs(alone.chunkZ.reduce((a, b) => a + b) / expected.z - 1) < 1e-6);
  for (const helpers of [1, 3]) {
    const memory = spiral();
    assert.equal(await roundOf(memory, helpers), 1 + helpers);
    for (const part of ['repulsion', 'attraction', 'chunkZ', 'chunkDivergence'] as const) assert.deepEqual(memory[part], alone[part], part);
  }
});

test('helpers join while a round is open, and only then', () => {
  const memory = spiral();
  assert.equal(join(memory), false);
  open(memory, false);
  assert.ok(join(memory) && join(memory));
  assert.equal(close(memory), 2);
  assert.equal(join(memory), false);
  open(memory, true);
  assert.equal(close(memory), 0);
  assert.deepEqual([memory.control[control.round], memory.control[control.wantsDivergence]], [2, 1]);
});

test('a helper that fails as it starts is done without', async () => {
  const memory = spiral();
  const team = new Team(memory, new Member(memory, new BarnesHut(memory.count, 0), 'own'));
  await team.hire(2, { kind: 'interpolated', state: undefined as unknown as InterpolatedState });
  assert.equal(team.threads, 1);
  await team.round(false);
  await team.dismiss();
  assert.ok(memory.repulsion.every(Number.isFinite));
});

test('what a helper failed at ends the round with an error', async () => {
  const memory = spiral();
  const team = new Team(memory, new Member(memory, new BarnesHut(memory.count, 0), 'own'));
  Atomics.store(memory.control, control.failed, 1);
  await assert.rejects(team.round(false), /has failed/);
  await team.dismiss();
});

test('a helper that joins and ends without having done its part ends the round with an error, a sleeping one does not', async () => {
  const memory = spiral();
  // As a thread does, but it never arrives.
  const joins = { prepare: () => void join(memory), apply: () => 0 };
  const sleeps = { prepare: () => {}, apply: () => 0 };
  await new Team(memory, new Member(memory, sleeps, 'own')).round(false);
  const team = new Team(memory, new Member(memory, joins, 'own'));
  await team.hire(1, { kind: 'barnes-hut', theta: 0 });
  // Its thread is ended while the leader waits.
  await Promise.all([assert.rejects(team.round(false), /has ended/), team.dismiss()]);
});
