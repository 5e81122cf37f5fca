import type { TensorValues } from '../../formats/onnx/tensor.ts';
import { sameBytes } from '../../formats/tensorflow/dataType.ts';
import { readTensorType, readTensorValues } from '../../formats/tensorflow/tensor.ts';
import type { DType } from '../../graph/opset.ts';
import { ModelError } from '../../shared/errors.ts';
import { type Known, maxElements } from '../known/known.ts';
import { elementType } from '../onnx/elementType.ts';
import type { TfConstant } from '../tensorflow/graph.ts';

/** The graph's type for one of TensorFlow's, `DT_HALF`; undefined: no numbers. */
export function dtypeOf(dtype: string): DType | undefined {
  return elementType(sameBytes(dtype) ?? 0);
}

/** What constants may take that the file only names: one value, or none, that stands for many. */
export class Budget {
  #elements = maxElements('float32');

  take(elements: number, name: string): void {
    this.#elements -= elements;
    if (this.#elements < 0)
      throw new ModelError('file-too-large', `Constant '${name}' has ${elements} elements, which with the others are too many.`, {
        where: name,
      });
  }
}

/** A TensorProto in the file; undefined if it holds no numbers. Throws ModelError('file-corrupt' | 'file-too-large'). */
export function constantOf(bytes: Uint8Array, name: string, budget: Budget): TfConstant | undefined {
  const { dtype: type, shape, count, content } = readTensorType(bytes, name);
  const dtype = dtypeOf(type);
  if (!dtype) return undefined;
  refuseLarge(name, dtype, count);
  if (!content) budget.take(count, name);
  return { dtype, shape, read: () => knownData(readTensorValues(bytes, name)) };
}

/** Integers and booleans become a list of numbers: bounded, as one of their bytes in the file is eight in memory. */
export function refuseLarge(name: string, dtype: DType, count: number): void {
  if (count > maxElements(dtype))
    throw new ModelError('file-too-large', `'${name}' has ${count} elements of ${dtype}; at most ${maxElements(dtype)} are read.`, {
      where: name,
    });
}

export function knownData(values: TensorValues): Known['data'] {
  return values.dtype === 'float32' ? values.data : Array.from<number | bigint, number>(values.data, Number);
}
