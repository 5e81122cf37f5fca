import { rootTable, type Table } from '../flatbuffers/table.ts';

/**
 * What a model says about its inputs and outputs: the part of
 * https://github.com/tensorflow/tflite-support/blob/master/tensorflow_lite_support/metadata/metadata_schema.fbs that
 * classifiers of images use. It is the buffer `TFLITE_METADATA` of the file.
 */
export interface TfliteMetadata {
  name: string | undefined;
  /** One per input of the network, in its order. */
  inputs: readonly TensorMetadata[];
  outputs: readonly TensorMetadata[];
}

export interface TensorMetadata {
  name: string | undefined;
  /** (x − mean) / std of pixels 0..255, one number each or one per channel. */
  normalization: { mean: readonly number[]; std: readonly number[] } | undefined;
  files: readonly AssociatedFile[];
}

/** A file in the archive behind the model. */
export interface AssociatedFile {
  name: string;
  /** Labels of the tensor's last axis. */
  axisLabels: boolean;
  /** Language, ISO 639-1: `en`. */
  locale: string | undefined;
}

/** @throws ModelError('file-corrupt') with the byte, counted from the start of the metadata */
export function decodeMetadata(bytes: Uint8Array): TfliteMetadata {
  const model = rootTable(bytes, 'ModelMetadata', 'M001');
  const network = model.tables(3, 'subgraph_metadata')[0];
  return {
    name: model.string(0, 'name'),
    inputs: network?.tables(2, 'input_tensor_metadata').map(readTensor) ?? [],
    outputs: network?.tables(3, 'output_tensor_metadata').map(readTensor) ?? [],
  };
}

function readTensor(table: Table): TensorMetadata {
  return {
    name: table.string(0, 'name'),
    normalization: table.tables(4, 'process_units').flatMap(readNormalization)[0],
    files: table.tables(6, 'associated_files').map(readFile),
  };
}

/** `ProcessUnitOptions`, a union. */
const NORMALIZATION_OPTIONS = 1;

function readNormalization(unit: Table): { mean: readonly number[]; std: readonly number[] }[] {
  const options = unit.uint8(0) === NORMALIZATION_OPTIONS ? unit.table(1, 'options') : undefined;
  return options ? [{ mean: options.floats(0, 'mean') ?? [], std: options.floats(1, 'std') ?? [] }] : [];
}

/** `AssociatedFileType`. */
const TENSOR_AXIS_LABELS = 2;

function readFile(table: Table): AssociatedFile {
  return { name: table.string(0, 'name') ?? '', axisLabels: table.int8(2) === TENSOR_AXIS_LABELS, locale: table.string(3, 'locale') };
}
