// What each output cell depends on, found by changing one input pixel at a time: knows nothing of receptive fields.
import type { Executor } from '../../src/execute/executor.ts';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { float32, type Graph, type Tensor } from '../../src/graph/graph.ts';
import type { Pads } from '../../src/graph/opset.ts';
import { newBuilder } from '../../src/ops/index.ts';
import type { Rect } from '../../src/shared/protocol.ts';

/** Boxes [unit][row][column] of the pixels that change a cell; undefined: none does. */
export type PoisonBoxes = (Rect | undefined)[][][];

/**
 * NaN is no probe: pools drop it, and interpolation carries it through weights of 0. In a network of positive weights and rising
 * functions an enormous positive pixel is one: what it reaches rises, by orders of magnitude or to the end of a saturating
 * function, and nothing cancels.
 */
const poison = 1e20;

/** Boxes of every output of a graph with one input [N,C,height,width], of positive numbers only. */
export async function poisonBoxes(graph: Graph, executor: Executor): Promise<Map<string, PoisonBoxes>> {
  const [[input, { shape }]] = graph.inputs as unknown as [[string, { shape: [unknown, number, number, number] }]];
  const [, channels, height, width] = shape;
  const pixels = height * width;
  const data = new Float32Array((pixels + 1) * channels * pixels);
  for (let image = 0; image <= pixels; image++) {
    for (let i = 0; i < channels * pixels; i++) {
      // The last image is as it was.
      data[image * channels * pixels + i] = i % pixels === image ? poison : 0.5 + ((i * 7919) % 101) / 202;
    }
  }
  const program = await executor.compile(graph);
  const outputs = await program.run({ [input]: { dtype: 'float32', shape: [pixels + 1, channels, height, width], data } });
  await program.dispose();
  return new Map(graph.outputs.map((value) => [value, boxesOf(outputs[value] as Tensor, height, width)]));
}

function boxesOf({ shape, data }: Tensor, height: number, width: number): PoisonBoxes {
  const [, units, rows = 1, columns = 1] = shape as [number, number, number?, number?];
  const size = units * rows * columns;
  const base = height * width * size;
  const box = (cell: number): Rect | undefined => {
    let [left, top, right, bottom] = [width, height, 0, 0];
    for (let pixel = 0; pixel < height * width; pixel++) {
      if (same(Number(data[pixel * size + cell]), Number(data[base + cell]))) continue;
      const [y, x] = [Math.floor(pixel / width), pixel % width];
      [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x + 1), Math.max(bottom, y + 1)];
    }
    return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
  };
  const each = <T>(n: number, make: (i: number) => T) => Array.from({ length: n }, (_, i) => make(i));
  return each(units, (u) => each(rows, (r) => each(columns, (c) => box((u * rows + r) * columns + c))));
}

/** But for rounding, which may differ with the place of an image in its batch. */
function same(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-5 * Math.abs(b);
}

/** Appends layers of positive weights, seeded, that keep values about as large as they are. */
export class PositiveNet {
  readonly b: GraphBuilder = newBuilder();
  readonly input: string;
  #seed = 1;

  constructor(channels: number, height: number, width: number) {
    this.input = this.b.input('input', { dtype: 'float32', shape: ['N', channels, height, width] });
  }

  weights(shape: readonly number[], fan: number): string {
    const count = shape.reduce((n, d) => n * d, 1);
    const next = () => {
      this.#seed = (this.#seed * 48271) % 2147483647;
      return (0.5 + this.#seed / 2147483647) / fan;
    };
    return this.b.constant('weights', float32(shape, Array.from({ length: count }, next)));
  }

  channels(value: string): number {
    return this.b.shape(value)[1] as number;
  }

  size(value: string): readonly [number, number] {
    return this.b.shape(value).slice(2) as [number, number];
  }

  conv(
    x: string,
    outputs: number,
    kernel: readonly [number, number],
    { stride = 1, dilation = 1, pads = [0, 0, 0, 0] as Pads, group = 1 } = {},
  ): string {
    const inputs = this.channels(x) / group;
    const weight = this.weights([outputs, inputs, ...kernel], inputs * kernel[0] * kernel[1]);
    const attrs = { strides: [stride, stride], dilations: [dilation, dilation], pads, group } as const;
    return this.b.op('Conv', [x, weight], attrs);
  }

  transposed(
    x: string,
    outputs: number,
    kernel: readonly [number, number],
    { stride = 2, pads = [0, 0, 0, 0] as Pads, more = 0, dilation = 1 } = {},
  ): string {
    const weight = this.weights([this.channels(x), outputs, ...kernel], this.channels(x));
    const attrs = { strides: [stride, stride], dilations: [dilation, dilation], pads, outputPadding: [more, more], group: 1 } as const;
    return this.b.op('ConvTranspose', [x, weight], attrs);
  }

  pool(x: string, op: 'MaxPool' | 'AveragePool', kernel: number, stride: number, pads: Pads = [0, 0, 0, 0], ceilMode = false): string {
    const window = { kernel: [kernel, kernel], strides: [stride, stride], dilations: [1, 1], pads, ceilMode } as const;
    return op === 'MaxPool'
      ? this.b.op('MaxPool', [x], { ...window, withIndices: false })
      : this.b.op('AveragePool', [x], { ...window, countIncludePad: false });
  }

  /** Over the last axis. */
  dense(x: string, outputs: number): string {
    const inputs = this.b.shape(x).at(-1) as number;
    return this.b.op('MatMul', [x, this.weights([inputs, outputs], inputs)], {});
  }
}
