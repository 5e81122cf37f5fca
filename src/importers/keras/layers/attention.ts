import { float32 } from '../../../graph/graph.ts';
import type { Dim } from '../../../graph/opset.ts';
import type { Attributes } from '../attributes.ts';
import type { JsonObject } from '../json.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import type { WeightRole } from '../weights.ts';

const parts = ['query', 'key', 'value', 'attention_output'] as const;

export const attentionClasses: Readonly<Record<string, LayerClass>> = {
  MultiHeadAttention: { weights, parts: ['query_dense', 'key_dense', 'value_dense', 'output_dense'], emit: multiHeadAttention, refuses },
};

/** In Keras' order: kernel and bias of each projection. */
function weights(a: Attributes): WeightRole[] {
  const kinds = a.boolean('use_bias', true) ? ['kernel', 'bias'] : ['kernel'];
  const projections = parts.flatMap((part) => kinds.map((kind): WeightRole => ({ name: `${part}/${kind}` })));
  return [...projections, { name: 'seed_generator_state', optional: true }];
}

function refuses(a: Attributes, options: JsonObject): string | undefined {
  const name = 'MultiHeadAttention';
  if (a.boolean('use_gate', false)) return `${name} with use_gate`;
  if (a.get('sliding_window') !== undefined) return `${name} with sliding_window`;
  const option = ['use_causal_mask', 'return_attention_scores', 'attention_mask', 'query_mask', 'value_mask', 'key_mask'].find(
    (key) => options[key] !== undefined && options[key] !== false,
  );
  return option && `${name} with ${option}`;
}

/** softmax(Q·Kᵀ/√d)·V of each head over the rows of [N,rows,features]; called with query, value and key, which is value where it is left out. */
function multiHeadAttention(layer: LayerCall): string {
  const { attributes: a, b } = layer;
  const [query, value, key = value] = layer.operands;
  if (typeof query !== 'string' || typeof value !== 'string' || typeof key !== 'string' || layer.operands.length > 3)
    throw layer.unsupported('is called with something else than query, value and key');
  for (const x of [query, value, key]) {
    if (b.shape(x).length !== 3) throw layer.unsupported(`attends over [${b.shape(x)}], only over [rows, features]`);
  }
  const heads = a.int('num_heads', 1, 1);
  const size = a.int('key_dim', 1, 1);
  const valueSize = a.int('value_dim', size, 1);
  const q = inHeads(layer, 'query', query, [heads, size], [0, 2, 1, 3]);
  const k = inHeads(layer, 'key', key, [heads, size], [0, 2, 3, 1]);
  const v = inHeads(layer, 'value', value, [heads, valueSize], [0, 2, 1, 3]);
  const scaled = layer.op('Mul', [q, b.scalar(1 / Math.sqrt(size))], {}, 'scaled');
  const scores = layer.op('Softmax', [layer.op('MatMul', [scaled, k], {}, 'scores')], { axis: 3 }, 'attention');
  const read = layer.op('Transpose', [layer.op('MatMul', [scores, v], {}, 'read')], { perm: [0, 2, 1, 3] }, 'rows');
  const rows = b.shape(query)[1] as number;
  const joined = layer.op('Reshape', [read], { shape: ['N', rows, heads * valueSize] }, 'joined');
  const features = a.integers('output_shape')?.[0] ?? (b.shape(query)[2] as number);
  return projected(layer, 'attention_output', joined, [heads, valueSize], [features]);
}

/** Projection to [N,rows,heads,size], turned. */
function inHeads(layer: LayerCall, part: string, x: string, to: [number, number], perm: number[]): string {
  const rows = layer.b.shape(x)[1] as Dim;
  const flat = projected(layer, part, x, [layer.b.shape(x)[2] as number], to, part);
  const split = layer.op('Reshape', [flat], { shape: ['N', rows, ...to] }, `${part}-heads`);
  return layer.op('Transpose', [split], { perm }, `${part}-turned`);
}

/** x·kernel + bias, with the kernel's axes as two. */
function projected(layer: LayerCall, part: string, x: string, from: number[], to: number[], role?: string): string {
  const count = (sizes: number[]) => sizes.reduce((n, d) => n * d, 1);
  const kernel = layer.constant(`${part}/kernel`, () =>
    float32([count(from), count(to)], layer.ownWeight(`${part}/kernel`, [...from, ...to])),
  );
  if (!layer.has(`${part}/bias`)) return layer.op('MatMul', [x, kernel], {}, role);
  const bias = layer.constant(`${part}/bias`, () => float32([count(to)], layer.ownWeight(`${part}/bias`, to)));
  return layer.op('Add', [layer.op('MatMul', [x, kernel], {}, `${part}-product`), bias], {}, role);
}
