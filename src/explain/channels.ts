import type { GraphBuilder } from '../graph/builder.ts';

type Reduction = (b: GraphBuilder, value: string) => string;
const channels = { axes: [1], keepdims: false } as const;

const reductions: Readonly<Record<string, Reduction>> = {
  max: (b, v) => b.op('ReduceMax', [b.op('Abs', [v], {})], channels),
  sum: (b, v) => b.op('ReduceSum', [b.op('Abs', [v], {})], channels),
  squared: (b, v) => b.op('ReduceMax', [b.op('Mul', [v, v], {})], channels),
  'squared-sum': (b, v) => b.op('ReduceSum', [b.op('Mul', [v, v], {})], channels),
  signed: (b, v) => b.op('ReduceSum', [v], channels),
};

/** [N,C,H,W] → [N,H,W]: max |v|, Σ |v| (`sum`), max v², Σ v², or Σ v (`signed`) over the channels. */
export function reduceChannels(b: GraphBuilder, value: string, reduction: string): string {
  const reduce = reductions[reduction];
  if (!reduce) throw new Error(`no reduction '${reduction}'`);
  return reduce(b, value);
}
