import { quantizationOf } from '../../formats/tflite/quantization.ts';
import type { TfliteTensor } from '../../formats/tflite/types.ts';
import type { DType } from '../../graph/opset.ts';

const types: Readonly<Record<string, readonly [DType, string] | undefined>> = {
  FLOAT32: ['float32', 'DT_FLOAT'],
  FLOAT16: ['float32', 'DT_HALF'],
  BFLOAT16: ['float32', 'DT_BFLOAT16'],
  FLOAT64: ['float32', 'DT_DOUBLE'],
  INT64: ['int64', 'DT_INT64'],
  UINT64: ['int64', 'DT_UINT64'],
  UINT32: ['int64', 'DT_UINT32'],
  INT32: ['int32', 'DT_INT32'],
  INT16: ['int32', 'DT_INT16'],
  UINT16: ['int32', 'DT_UINT16'],
  INT8: ['int32', 'DT_INT8'],
  INT4: ['int32', 'DT_INT4'],
  UINT8: ['uint8', 'DT_UINT8'],
  BOOL: ['bool', 'DT_BOOL'],
};

/** The graph's type for a tensor: what is quantised stands for real numbers. Undefined for strings and the like. */
export function dtypeOf(tensor: TfliteTensor): DType | undefined {
  return quantizationOf(tensor) ? 'float32' : types[tensor.type]?.[0];
}

/** TensorFlow's name for a `TensorType`. */
export function dataType(type: string): string {
  return types[type]?.[1] ?? type;
}
