/** Which kernels make the units of a value, through what works on each unit by itself; the weights as they were put in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GraphBuilder } from '../../src/graph/builder.ts';
import { float32 } from '../../src/graph/graph.ts';
import { openModel } from '../../src/importers/index.ts';
import type { Layer, Model } from '../../src/importers/model.ts';
import { filterBank } from '../../src/inspect/filters.ts';
import { largestWeight, writeKernels } from '../../src/inspect/kernels.ts';
import { newBuilder } from '../../src/ops/index.ts';
import { classifier, noise, sourceOf } from '../support/onnxModels.ts';

const window = { strides: [1, 1], dilations: [1, 1], pads: [1, 1, 1, 1] } as const;
const gemm = { transA: false, transB: false, alpha: 1, beta: 1 } as const;

/** A network of what `build` appends to an image [N,3,8,8]; each value named is a layer. */
async function network(build: (b: GraphBuilder, image: string) => readonly string[]): Promise<Model> {
  const model = await openModel(sourceOf(classifier()));
  const b = newBuilder();
  const image = b.input('image', { dtype: 'float32', shape: ['N', 3, 8, 8] });
  const values = build(b, image);
  const layers = values.map((value): Layer => ({ ...(model.layers[0] as Layer), name: value, aliases: [], value, shape: b.shape(value) }));
  return { ...model, graph: b.build(values), layers, input: { ...model.input, value: image }, logits: values.at(-1) as string };
}

const conv = (b: GraphBuilder, x: string, weight: string, group = 1, name = 'conv') =>
  b.op('Conv', [x, weight], { ...window, group }, name);
const constant = (b: GraphBuilder, shape: readonly number[], seed: number) =>
  b.constant(
    'w',
    float32(
      shape,
      noise(
        shape.reduce((n, d) => n * d, 1),
        seed,
      ),
    ),
  );

test('through norm, bias, activation and dropout to the convolution, whose layer it names', async () => {
  const model = await network((b, image) => {
    const filtered = conv(b, image, constant(b, [4, 3, 3, 3], 1));
    const per = (seed: number) => constant(b, [4], seed);
    const norm = b.op(
      'BatchNormalization',
      [filtered, per(2), per(3), per(4), b.constant('v', float32([4], [1, 1, 1, 1]))],
      { epsilon: 1e-3 },
      'norm',
    );
    const shifted = b.op('Add', [norm, b.constant('bias', float32([4, 1, 1], [1, 2, 3, 4]))], {}, 'shifted');
    const active = b.op('SiLU', [shifted], {}, 'active');
    return [filtered, norm, active, b.op('Identity', [active], {}, 'dropout'), b.op('Add', [active, filtered], {}, 'sum')];
  });
  for (const value of ['conv', 'norm', 'active', 'dropout']) {
    const bank = filterBank(model, value, value);
    assert.deepEqual(bank?.info, { layer: 'conv', kernel: [3, 3], inputs: 3, group: 1, colour: true }, value);
    assert.deepEqual(writeKernels(bank!.kernels, 0, 4, []), noise(108, 1));
  }
  assert.equal(filterBank(model, 'sum', 'sum'), undefined, 'a sum of two has no kernels of its own');
});

test('grouped and depthwise kernels read the channels of their group; those of the image are no colours then', async () => {
  const model = await network((b, image) => {
    const deep = conv(b, image, constant(b, [6, 1, 3, 3], 1), 3, 'depthwise');
    return [deep, conv(b, deep, constant(b, [4, 3, 3, 3], 2), 2, 'grouped'), b.op('GlobalAveragePool', [deep], {}, 'pool')];
  });
  assert.deepEqual(filterBank(model, 'depthwise', 'depthwise')?.info, {
    layer: 'depthwise',
    kernel: [3, 3],
    inputs: 1,
    group: 3,
    colour: false,
  });
  const grouped = filterBank(model, 'grouped', 'grouped');
  assert.deepEqual(grouped?.info, { layer: 'grouped', kernel: [3, 3], inputs: 3, group: 2, colour: false });
  assert.deepEqual(writeKernels(grouped!.kernels, 2, 2, []), noise(108, 2).slice(54));
  assert.equal(filterBank(model, 'pool', 'pool'), undefined);
});

test('kernels of transposed convolutions, whose weights lie by input first, in groups too', async () => {
  const attrs = { strides: [2, 2], dilations: [1, 1], pads: [0, 0, 0, 0], outputPadding: [0, 0] } as const;
  const model = await network((b, image) => {
    const plain = b.op('ConvTranspose', [image, constant(b, [3, 4, 2, 2], 1)], { ...attrs, group: 1 }, 'plain');
    return [plain, b.op('ConvTranspose', [plain, constant(b, [4, 3, 2, 2], 2)], { ...attrs, group: 2 }, 'grouped')];
  });
  const plain = filterBank(model, 'plain', 'plain');
  assert.deepEqual([plain?.info, plain?.kernels.units], [{ layer: 'plain', kernel: [2, 2], inputs: 3, group: 1, colour: true }, 4]);
  const [w1, w2] = [noise(48, 1), noise(48, 2)];
  // Weight [input,unit,cell].
  const unit2 = [0, 1, 2].flatMap((input) => [0, 1, 2, 3].map((cell) => w1[(input * 4 + 2) * 4 + cell]!));
  assert.deepEqual(writeKernels(plain!.kernels, 2, 1, []), Float32Array.from(unit2));
  // Unit 4 is the second of the second group, which reads the inputs 2 and 3.
  const grouped = filterBank(model, 'grouped', 'grouped');
  assert.deepEqual([grouped?.info.inputs, grouped?.info.group, grouped?.kernels.units], [2, 2, 6]);
  const unit4 = [2, 3].flatMap((input) => [0, 1, 2, 3].map((cell) => w2[(input * 3 + 1) * 4 + cell]!));
  assert.deepEqual(writeKernels(grouped!.kernels, 4, 1, []), Float32Array.from(unit4));
});

test('dense kernels: [inputs,outputs], turned, times alpha, channels-last; of a softmax of units nothing', async () => {
  const model = await network((b, image) => {
    const flat = b.op('Flatten', [b.op('GlobalAveragePool', [image], {})], { axis: 1 }, 'flat');
    const plain = b.op('Gemm', [flat, constant(b, [3, 5], 1)], gemm, 'plain');
    const turned = b.op('Gemm', [flat, constant(b, [5, 3], 2)], { ...gemm, transB: true, alpha: -2 }, 'turned');
    const last = b.op('MatMul', [b.op('Transpose', [image], { perm: [0, 2, 3, 1] }), constant(b, [3, 4], 3)], {});
    const picture = b.op('Transpose', [b.op('Relu', [last], {})], { perm: [0, 3, 1, 2] }, 'picture');
    const head = conv(b, b.op('GlobalMaxPool', [image], {}), constant(b, [7, 3, 1, 1], 4), 1, 'head');
    const column = b.op(
      'Conv',
      [b.op('GlobalMaxPool', [image], {}), constant(b, [7, 3, 1, 1], 5)],
      { ...window, pads: [0, 0, 0, 0], group: 1 },
      'column',
    );
    const columns = b.op('MatMul', [image, constant(b, [8, 8], 6)], {}, 'columns');
    return [
      plain,
      turned,
      picture,
      head,
      column,
      b.op('Reshape', [column], { shape: ['N', 7] }, 'vector'),
      b.op('Softmax', [plain], { axis: 1 }, 'soft'),
      columns,
    ];
  });
  const kernels = (value: string) => {
    const { kernels } = filterBank(model, value, value)!;
    return writeKernels(kernels, 0, kernels.units, []);
  };
  const [w1, w2, w3] = [noise(15, 1), noise(15, 2), noise(12, 3)];
  assert.deepEqual(
    kernels('plain'),
    Float32Array.from({ length: 15 }, (_, i) => w1[(i % 3) * 5 + Math.floor(i / 3)]!),
  );
  assert.deepEqual(
    kernels('turned'),
    w2.map((v) => v * -2),
  );
  assert.deepEqual(
    kernels('picture'),
    Float32Array.from({ length: 12 }, (_, i) => w3[(i % 3) * 4 + Math.floor(i / 3)]!),
  );
  assert.deepEqual(filterBank(model, 'vector', 'vector')?.info.layer, 'column');
  assert.deepEqual(kernels('vector'), noise(21, 5));
  assert.deepEqual(filterBank(model, 'picture', 'picture')?.info, { layer: 'picture', kernel: [1, 1], inputs: 3, group: 1, colour: true });
  assert.equal(filterBank(model, 'soft', 'soft'), undefined);
  assert.equal(filterBank(model, 'columns', 'columns'), undefined, 'a product along columns makes no channels');
});

test('the image itself is read through padding and constant scaling, not through another convolution; the largest weight is of all', async () => {
  const model = await network((b, image) => {
    const scaled = b.op('Sub', [b.op('Mul', [image, b.scalar(2)], {}), b.constant('mean', float32([3, 1, 1], [1, 2, 3]))], {});
    const padded = b.op('Pad', [scaled], { pads: [0, 0, 1, 1, 0, 0, 1, 1], mode: 'constant', value: 0 });
    const first = conv(b, padded, constant(b, [3, 3, 3, 3], 1), 1, 'first');
    return [first, conv(b, first, constant(b, [2, 3, 3, 3], 2), 1, 'second')];
  });
  assert.equal(filterBank(model, 'first', 'first')?.info.colour, true);
  assert.equal(filterBank(model, 'second', 'second')?.info.colour, false);
  const { kernels } = filterBank(model, 'first', 'first')!;
  assert.equal(largestWeight(kernels), Math.max(...noise(81, 1).map(Math.abs)));
  const swapped = writeKernels(kernels, 1, 1, [2, 1, 0]);
  const own = noise(81, 1).slice(27, 54);
  assert.deepEqual(swapped, Float32Array.from([...own.slice(18), ...own.slice(9, 18), ...own.slice(0, 9)]));
});

test('computed weights are no kernels', async () => {
  const model = await network((b, image) => {
    const weight = b.op('Abs', [b.input('weights', { dtype: 'float32', shape: [1, 3, 1, 1] })], {});
    return [b.op('Conv', [image, weight], { ...window, group: 1 }, 'computed')];
  });
  assert.equal(filterBank(model, 'computed', 'computed'), undefined);
});
