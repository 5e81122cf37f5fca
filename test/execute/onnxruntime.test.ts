import { test } from 'node:test';
import { createOnnxRuntime } from '../../src/execute/onnxruntime/executor.ts';
import { float32 } from '../../src/graph/graph.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { closeTo } from '../support/closeTo.ts';
import { executorSuite } from '../support/executorSuite.ts';
import { evaluate, fromTensor } from '../support/reference.ts';

executorSuite(createOnnxRuntime, { tolerance: 1e-5 });

test('a Pad before an average pool stays by itself: onnxruntime would drop windows of the pool, or refuse it', async () => {
  const executor = await createOnnxRuntime();
  for (const ceilMode of [false, true]) {
    for (const [size, padding, kernel, stride] of [
      [4, 1, 2, 2],
      [6, 2, 3, 3],
      [5, 2, 2, 2],
      [7, 3, 3, 2],
    ] as const) {
      const b = newBuilder();
      const x = b.input('x', { dtype: 'float32', shape: ['N', 1, size, size] });
      const padded = b.op('Pad', [x], { pads: [0, 0, 0, 0, 0, 0, padding, padding], mode: 'constant', value: 0 });
      const window = { kernel: [kernel, kernel], strides: [stride, stride], dilations: [1, 1], pads: [0, 0, 0, 0] } as const;
      const graph = b.build([b.op('AveragePool', [padded], { ...window, ceilMode, countIncludePad: false }, 'y')]);
      const feeds = {
        x: float32(
          [1, 1, size, size],
          Float32Array.from({ length: size * size }, (_, i) => Math.sin(i)),
        ),
      };
      const { y } = await (await executor.compile(graph)).run(feeds);
      const what = `${size} + ${padding}, kernel ${kernel}, stride ${stride}, ceil ${ceilMode}`;
      closeTo(y?.data as Float32Array, evaluate(graph, new Map([['x', fromTensor(feeds.x)]])).get('y')?.data ?? [], 1e-6, what);
    }
  }
});
