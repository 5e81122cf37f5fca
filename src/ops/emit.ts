import type { GraphBuilder } from '../graph/builder.ts';

/** Largest float32: "no upper bound" for Clip. */
export const FLOAT_MAX = 3.4028234663852886e38;

export function mul(b: GraphBuilder, x: string, y: string): string {
  return b.op('Mul', [x, y], {});
}

export function add(b: GraphBuilder, x: string, y: string): string {
  return b.op('Add', [x, y], {});
}

export function sub(b: GraphBuilder, x: string, y: string): string {
  return b.op('Sub', [x, y], {});
}

export function div(b: GraphBuilder, x: string, y: string): string {
  return b.op('Div', [x, y], {});
}

/** factor·x; x itself for factor 1. */
export function scaled(b: GraphBuilder, x: string, factor: number): string {
  return factor === 1 ? x : mul(b, x, b.scalar(factor));
}

/** x + offset; x itself for offset 0. */
export function shifted(b: GraphBuilder, x: string, offset: number): string {
  return offset === 0 ? x : add(b, x, b.scalar(offset));
}

/** constant − x. */
export function minus(b: GraphBuilder, constant: number, x: string): string {
  return sub(b, b.scalar(constant), x);
}

/** 2^126: carries the smallest normal float32 to 1. */
export const STEEP = 2 ** 126;

/** The mask 1 where x > 0, else 0: a HardSigmoid too steep to be anything else, one vectorised pass in every engine (Sign is several times slower in onnxruntime, comparisons make boolean tensors). */
export function positive(b: GraphBuilder, x: string): string {
  return b.op('HardSigmoid', [x], { alpha: STEEP, beta: 0 });
}

/** min(x, 0). */
export function negativePart(b: GraphBuilder, x: string): string {
  return b.op('Clip', [x], { min: -FLOAT_MAX, max: 0 });
}

/** 1 where condition holds, else 0. */
export function asFloat(b: GraphBuilder, condition: string): string {
  return b.op('Cast', [condition], { to: 'float32' });
}
