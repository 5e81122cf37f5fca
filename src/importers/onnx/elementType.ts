import { DataType } from '../../formats/onnx/types.ts';
import type { DType } from '../../graph/opset.ts';

/** The graph's type for an ONNX element type: every floating-point type is float32 here, small integers are int32. */
export function elementType(type: number): DType | undefined {
  switch (type) {
    case DataType.FLOAT:
    case DataType.DOUBLE:
    case DataType.FLOAT16:
    case DataType.BFLOAT16:
      return 'float32';
    case DataType.INT64:
    case DataType.UINT64:
    case DataType.UINT32:
      return 'int64';
    case DataType.INT32:
    case DataType.INT16:
    case DataType.INT8:
    case DataType.UINT16:
      return 'int32';
    case DataType.UINT8:
      return 'uint8';
    case DataType.BOOL:
      return 'bool';
    default:
      return undefined;
  }
}
