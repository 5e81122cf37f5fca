import type { Tensor as TfTensor } from '@tensorflow/tfjs-core';
import type { Tensor, TypedData, ValueType } from '../../graph/graph.ts';
import { storedTypes } from './kernels/elementwise.ts';
import { refusal } from './refuse.ts';
import type { Tf } from './value.ts';

/** A tensor of the graph on the engine. int64 and uint8 become int32, which TensorFlow.js has instead. */
export function toTf(tf: Tf, name: string, { dtype, shape, data }: Tensor): TfTensor {
  const values = data instanceof BigInt64Array || (data instanceof Uint8Array && dtype === 'uint8') ? toInt32(name, data) : data;
  return tf.tensor(values, [...shape], storedTypes[dtype]);
}

function toInt32(name: string, data: BigInt64Array | Uint8Array): Int32Array {
  return Int32Array.from(Array.from<number | bigint>(data), (v) => {
    const n = Number(v);
    if (n === (n | 0)) return n;
    throw refusal(name, `'${name}' holds ${n}; TensorFlow.js has no 64-bit integers`);
  });
}

/** A computed tensor, copied back under the element type that the graph says. */
export function fromTf(tensor: TfTensor, { dtype }: ValueType): Tensor {
  const values = tensor.dataSync();
  const typed: Record<ValueType['dtype'], () => TypedData> = {
    float32: () => (values instanceof Float32Array ? values : Float32Array.from(values)),
    int64: () => BigInt64Array.from(values, BigInt),
    int32: () => Int32Array.from(values),
    uint8: () => Uint8Array.from(values),
    bool: () => Uint8Array.from(values),
  };
  return { dtype, shape: [...tensor.shape], data: typed[dtype]() };
}
