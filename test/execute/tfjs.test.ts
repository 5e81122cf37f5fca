/** What the TensorFlow.js executor owes beyond right numbers: no leaks, no silent nonsense, other programs undisturbed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { Executor } from '../../src/execute/executor.ts';
import { createTensorFlow, createWasm } from '../../src/execute/tfjs/executor.ts';
import { loadWasm } from '../../src/execute/tfjs/load.ts';
import { float32, type Graph, type Tensor } from '../../src/graph/graph.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { ModelError } from '../../src/shared/errors.ts';

const plain = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1], group: 1 } as const;

/** Convolutions, a branch that needs the other order in memory, several outputs; one output is read further on. */
function smallNet(): Graph {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 2, 6, 5] });
  const weight = b.constant('w', float32([2, 2, 3, 3], new Float32Array(36).fill(0.1)));
  const conv = b.op('Conv', [x, weight], plain, 'conv');
  const relu = b.op('Relu', [conv], {}, 'relu');
  const flat = b.op('Flatten', [relu], { axis: 1 }, 'flat');
  const sum = b.op('ReduceSum', [flat], { axes: [1], keepdims: false }, 'sum');
  return b.build([relu, sum]);
}

const image = (seed: number): Tensor =>
  float32(
    [1, 2, 6, 5],
    Float32Array.from({ length: 60 }, (_, i) => Math.sin(i * seed)),
  );

/** Adds where fed indices say. */
function scatterNet(): Graph {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: [3] });
  const at = b.input('at', { dtype: 'int64', shape: [1] });
  const doubled = b.op('Add', [x, x], {}, 'doubled');
  return b.build([b.op('ScatterElements', [doubled, at, b.constant('one', float32([1], [1]))], { axis: 0 }, 'y')]);
}

const index = (i: bigint): Tensor => ({ dtype: 'int64', shape: [1], data: BigInt64Array.of(i) });

async function tensors(): Promise<number> {
  return (await loadWasm()).tf.memory().numTensors;
}

test('programs leave no tensors behind', async () => {
  const executor = await createWasm();
  const before = await tensors();
  const program = await executor.compile(smallNet());
  await program.run({ x: image(1) });
  const loaded = await tensors();
  await program.run({ x: image(2) });
  assert.equal(await tensors(), loaded, 'after a second run');
  await program.dispose();
  assert.equal(await tensors(), before, 'after dispose');
});

test('a run that fails leaves no tensors behind and the program usable', async () => {
  const executor = await createWasm();
  const program = await executor.compile(scatterNet());
  const x = float32([3], [1, 2, 3]);
  await program.run({ x, at: index(0n) });
  const before = await tensors();
  await assert.rejects(
    program.run({ x, at: index(3n) }),
    (error: unknown) => error instanceof ModelError && /'y'.*index 3/.test(error.message),
  );
  assert.equal(await tensors(), before);
  const { y } = await program.run({ x, at: index(-1n) });
  assert.deepEqual([...((y as Tensor).data as Float32Array)], [2, 4, 7]);
  await program.dispose();
});

test('runs of two programs at once do not disturb each other', async () => {
  const executor = await createWasm();
  const alone = await Promise.all([1, 2].map((seed) => runAlone(executor, seed)));
  const programs = await Promise.all([executor.compile(smallNet()), executor.compile(smallNet())]);
  const both = await Promise.all(programs.flatMap((program) => [program.run({ x: image(1) }), program.run({ x: image(2) })]));
  assert.deepEqual(both, [...alone, ...alone]);
  await Promise.all(programs.map((program) => program.dispose()));
});

async function runAlone(executor: Executor, seed: number) {
  const program = await executor.compile(smallNet());
  const results = await program.run({ x: image(seed) });
  await program.dispose();
  return results;
}

test('what cannot be represented is refused, by name', async () => {
  const executor = await createWasm();
  const program = await executor.compile(scatterNet());
  await assert.rejects(program.run({ x: float32([3], [1, 2, 3]), at: index(2n ** 40n) }), /'at' holds 1099511627776.*no 64-bit/);
  await assert.rejects(program.run({ x: float32([3], [1, 2, 3]) }), /'at' is not fed/);
  await program.dispose();
  const b = newBuilder();
  const x = b.input('x', { dtype: 'int64', shape: [1] });
  const divided = await executor.compile(b.build([b.op('Div', [x, x], {}, 'ratio')]));
  await assert.rejects(divided.run({ x: index(-3n) }), (error: unknown) => error instanceof ModelError && error.where === 'ratio');
  await divided.dispose();
  const mean = newBuilder();
  const ints = mean.input('x', { dtype: 'int64', shape: [1] });
  const averaged = await executor.compile(mean.build([mean.op('ReduceMean', [ints], { axes: [0], keepdims: false }, 'middle')]));
  await assert.rejects(averaged.run({ x: index(-3n) }), /'middle' takes the mean of integers/);
  await averaged.dispose();
});

test('what the backend reports instead of throwing is an error, not a result', async () => {
  const backend = await loadWasm();
  const { tf } = backend;
  const x = tf.tensor1d([1, 2, 3]);
  const made: TfTensor[] = [];
  // Bounds the wrong way round: XNNPACK warns and leaves the result's memory as it was.
  assert.throws(
    () => backend.guard(() => made.push(tf.engine().runKernel('ClipByValue', { x }, { clipValueMin: 2, clipValueMax: 1 }) as TfTensor)),
    {
      code: 'engine',
      message: /XNN status/,
    },
  );
  assert.deepEqual(
    backend.guard(() => [...tf.relu(x).dataSync()]),
    [1, 2, 3],
  );
  tf.dispose([x, ...made]);
});

test('tfjs-node that is not there, or does not load, is said so with the next step', async (t) => {
  let failure: unknown;
  try {
    await createTensorFlow();
  } catch (error) {
    failure = error;
  }
  if (failure === undefined) return t.skip('left out: tfjs-node is installed');
  assert.ok(failure instanceof ModelError && failure.code === 'engine');
  assert.match(failure.message, /^tfjs-node's native library is not installed: [^\n]+[^.]\.$/);
  assert.match(failure.hint ?? '', /npm install @tensorflow\/tfjs-node/);
});

test('loading leaves the process and its console as they were', async () => {
  const { warn, error } = console;
  const listeners = () => (['uncaughtException', 'unhandledRejection'] as const).map((event) => process.listenerCount(event));
  const before = listeners();
  await createWasm();
  assert.deepEqual(listeners(), before);
  assert.ok(console.warn === warn && console.error === error);
});
