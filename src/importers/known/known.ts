import type { Tensor, TypedData } from '../../graph/graph.ts';
import type { DType } from '../../graph/opset.ts';

/**
 * An integer known at import time, up to the batch size: n, or n·N. Exporters compute shapes with operators
 * (Shape → Gather → Mul → Concat → Reshape); with this, such chains fold to attributes while the batch stays free.
 */
export type Scalar = number | { readonly batches: number };

/** A tensor known at import time. Floats are typed, integers and booleans are a plain list because they may hold 'N'. */
export type Known =
  | { dtype: 'float32'; shape: readonly number[]; data: Float32Array }
  | { dtype: Exclude<DType, 'float32'>; shape: readonly number[]; data: readonly Scalar[] };

/** The batch size as a scalar. */
export const batch: Scalar = { batches: 1 };

export function count(shape: readonly number[]): number {
  return shape.reduce((n, d) => n * d, 1);
}

/** Most elements a folded tensor may have: a few bytes of file must not allocate without bound (1 GiB of float32, 4 Mi integers). */
export function maxElements(dtype: DType): number {
  return dtype === 'float32' ? 2 ** 28 : 2 ** 22;
}

export function known(dtype: DType, shape: readonly number[], data: readonly Scalar[] | Float32Array): Known {
  if (dtype === 'float32')
    return { dtype, shape, data: data instanceof Float32Array ? data : Float32Array.from(data as readonly number[]) };
  return { dtype, shape, data: data instanceof Float32Array ? Array.from(data) : data };
}

/** All values as numbers; undefined if one depends on the batch size. */
export function numbers(k: Known): readonly number[] | Float32Array | undefined {
  if (k.dtype === 'float32') return k.data;
  return k.data.every((v) => typeof v === 'number') ? (k.data as readonly number[]) : undefined;
}

/** As a constant of the graph; undefined if a value depends on the batch size. */
export function toTensor(k: Known): Tensor | undefined {
  const values = numbers(k);
  return values && { dtype: k.dtype, shape: k.shape, data: typed(k.dtype, values) };
}

function typed(dtype: DType, values: readonly number[] | Float32Array): TypedData {
  if (values instanceof Float32Array) return values;
  if (dtype === 'int64') return BigInt64Array.from(values, (v) => BigInt.asIntN(64, BigInt(v)));
  return dtype === 'int32' ? Int32Array.from(values) : Uint8Array.from(values);
}
