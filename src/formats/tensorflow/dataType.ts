import { DataType } from '../onnx/types.ts';

/** `DataType` of tensorflow/core/framework/types.proto. */
const names: Readonly<Record<number, string>> = {
  1: 'DT_FLOAT',
  2: 'DT_DOUBLE',
  3: 'DT_INT32',
  4: 'DT_UINT8',
  5: 'DT_INT16',
  6: 'DT_INT8',
  7: 'DT_STRING',
  8: 'DT_COMPLEX64',
  9: 'DT_INT64',
  10: 'DT_BOOL',
  11: 'DT_QINT8',
  12: 'DT_QUINT8',
  13: 'DT_QINT32',
  14: 'DT_BFLOAT16',
  15: 'DT_QINT16',
  16: 'DT_QUINT16',
  17: 'DT_UINT16',
  18: 'DT_COMPLEX128',
  19: 'DT_HALF',
  20: 'DT_RESOURCE',
  21: 'DT_VARIANT',
  22: 'DT_UINT32',
  23: 'DT_UINT64',
  24: 'DT_FLOAT8_E5M2',
  25: 'DT_FLOAT8_E4M3FN',
  29: 'DT_INT4',
  30: 'DT_UINT4',
};

/** `DT_FLOAT` for 1. References to a type, which TensorFlow 1 knew, are the type. */
export function dataTypeName(type: number): string {
  return names[type > 100 ? type - 100 : type] ?? `type ${type}`;
}

/** The element type that ONNX stores in the same bytes; undefined: none that can be read. */
export function sameBytes(type: string): number | undefined {
  return equivalents[type];
}

const equivalents: Readonly<Record<string, number | undefined>> = {
  DT_FLOAT: DataType.FLOAT,
  DT_DOUBLE: DataType.DOUBLE,
  DT_HALF: DataType.FLOAT16,
  DT_BFLOAT16: DataType.BFLOAT16,
  DT_INT64: DataType.INT64,
  DT_UINT64: DataType.UINT64,
  DT_UINT32: DataType.UINT32,
  DT_INT32: DataType.INT32,
  DT_QINT32: DataType.INT32,
  DT_INT16: DataType.INT16,
  DT_QINT16: DataType.INT16,
  DT_UINT16: DataType.UINT16,
  DT_QUINT16: DataType.UINT16,
  DT_INT8: DataType.INT8,
  DT_QINT8: DataType.INT8,
  DT_UINT8: DataType.UINT8,
  DT_QUINT8: DataType.UINT8,
  DT_BOOL: DataType.BOOL,
};
