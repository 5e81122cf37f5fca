import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Programs } from '../../src/engine/programs.ts';
import type { Executor, Program } from '../../src/execute/executor.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { newBuilder } from '../../src/ops/index.ts';

/** An executor that counts; its programs fail when run after their end, as sessions do. */
class Counting {
  compiled = 0;
  disposed = 0;
  bytes = 10;
  compiling: Promise<void> = Promise.resolve();
  readonly executor: Executor = {
    id: 'onnxruntime',
    name: 'counting',
    compile: async () => {
      this.compiled++;
      await this.compiling;
      return this.#program();
    },
  };

  #program(): Program {
    let gone = false;
    return {
      bytes: this.bytes,
      run: async () => {
        assert.ok(!gone, 'ran a program that was disposed of');
        return {};
      },
      dispose: async () => {
        gone = true;
        this.disposed++;
      },
    };
  }
}

function tinyGraph(): Graph {
  const b = newBuilder();
  const x = b.input('x', { dtype: 'float32', shape: ['N', 1] });
  return b.build([b.op('Relu', [x], {})]);
}

const plan = () => ({ graph: tinyGraph(), classInput: 'class' });
const key = (model: string, graph = 'forward') => ({ model, graph });
const run = async (program: Program) => {
  await program.run({});
};

test('a graph asked for twice at once is planned and compiled once, and its names stay', async () => {
  const counting = new Counting();
  const programs = new Programs('auto', 100, async () => counting.executor);
  let planned = 0;
  const counted = () => {
    planned++;
    return plan();
  };
  const names = await Promise.all([1, 2].map(() => programs.use(key('m'), counted, async (_, { classInput }) => classInput)));
  await programs.use(key('m'), counted, run);
  assert.deepEqual(names, ['class', 'class']);
  assert.deepEqual([planned, counting.compiled], [1, 1]);
});

test('the programs of the newest model stay together; those of the oldest go', async () => {
  const counting = new Counting();
  const programs = new Programs('auto', 15, async () => counting.executor);
  await programs.use(key('a'), plan, run);
  await programs.use(key('a', 'maps'), plan, run);
  await programs.use(key('a'), plan, run);
  assert.deepEqual([counting.compiled, counting.disposed], [2, 0]);
  await programs.use(key('b'), plan, run);
  assert.equal(counting.disposed, 2);
});

test('programs of one model go too, longest unused first, when they have been idle', async () => {
  const counting = new Counting();
  let now = 0;
  const programs = new Programs(
    'auto',
    25,
    async () => counting.executor,
    () => now,
  );
  for (const graph of ['forward', 'one', 'two']) await programs.use(key('a', graph), plan, run);
  assert.deepEqual([counting.compiled, counting.disposed], [3, 0], 'just used: over the bound for a while');
  now = 20_000;
  await programs.use(key('a'), plan, run);
  assert.deepEqual([counting.compiled, counting.disposed], [3, 1]);
  await programs.use(key('a', 'two'), plan, run);
  assert.equal(counting.compiled, 3, 'the longest unused one went');
  await programs.use(key('a', 'one'), plan, run);
  assert.equal(counting.compiled, 4);
});

test('a program in use is disposed of after its run, when pushed out or when the engine changes', async () => {
  const counting = new Counting();
  const programs = new Programs('auto', 5, async () => counting.executor);
  await programs.use(key('a'), plan, async (program) => {
    await programs.use(key('b'), plan, run);
    assert.equal(counting.disposed, 0);
    await program.run({});
  });
  assert.equal(counting.disposed, 1);
  await programs.use(key('b'), plan, async (program) => {
    programs.choose('wasm');
    assert.equal(counting.disposed, 1);
    await program.run({});
  });
  assert.equal(counting.disposed, 2);
});

test('an engine chosen while a graph is compiled for the old one gets its own program', async () => {
  const [old, next] = [new Counting(), new Counting()];
  let compiled = () => {};
  old.compiling = new Promise((resolve) => {
    compiled = resolve;
  });
  const programs = new Programs('auto', 100, async (choice) => (choice === 'auto' ? old : next).executor);
  const result = programs.use(key('m'), plan, run);
  await new Promise(setImmediate);
  programs.choose('wasm');
  compiled();
  await result;
  assert.deepEqual([old.compiled, old.disposed, next.compiled], [1, 1, 1]);
});

test('an engine that does not load, or a graph that does not compile, is tried anew', async () => {
  const counting = new Counting();
  let tries = 0;
  const programs = new Programs('auto', 100, async () => {
    if (++tries === 1) throw new Error('no engine');
    return counting.executor;
  });
  await assert.rejects(programs.use(key('m'), plan, run), /no engine/);
  counting.compiling = Promise.reject(new Error('no memory'));
  await assert.rejects(programs.use(key('m'), plan, run), /no memory/);
  counting.compiling = Promise.resolve();
  await programs.use(key('m'), plan, run);
  assert.equal(counting.compiled, 2);
});
