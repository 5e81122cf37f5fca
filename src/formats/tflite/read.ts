import { rootTable, type Table } from '../flatbuffers/table.ts';
import { builtinOperators, tensorTypes } from './names.ts';
import { readOptions } from './options.ts';
import type {
  TfliteModel,
  TfliteName,
  TfliteOperator,
  TfliteQuantization,
  TfliteSignature,
  TfliteSubgraph,
  TfliteTensor,
} from './types.ts';

/**
 * The .tflite file as plain objects; values stay views into `bytes`. All indices are checked.
 * @throws ModelError('file-corrupt') with the byte where the file stops being one
 */
export function decodeTflite(bytes: Uint8Array): TfliteModel {
  const model = rootTable(bytes, 'Model', 'TFL3');
  const buffers = model.tables(4, 'buffers').map((table) => readBuffer(table, bytes));
  const codes = model.tables(1, 'operator_codes').map(readCode);
  const subgraphs = model.tables(2, 'subgraphs').map((table) => readSubgraph(table, codes, buffers.length));
  const metadata = model.tables(6, 'metadata').map((table) => {
    const buffer = buffers[index(table, table.uint32(1), buffers.length, 'buffer')] as Uint8Array;
    return [table.string(0, 'name') ?? '', buffer] as const;
  });
  return {
    version: model.uint32(0),
    size: bytes.length,
    description: model.string(3, 'description') ?? '',
    subgraphs,
    buffers,
    metadata: new Map(metadata),
    signatures: model.tables(7, 'signature_defs').map((table) => readSignature(table, subgraphs)),
  };
}

/** Values stand in the table, or, of files beyond 2 GB, behind the flatbuffer. */
function readBuffer(table: Table, file: Uint8Array): Uint8Array {
  const [offset, size] = [table.uint64(1), table.uint64(2)];
  if (offset <= 1) return table.bytes(0, 'data') ?? new Uint8Array(0);
  if (offset + size > file.length) throw table.corrupt(`its ${size} bytes from ${offset} on lie beyond the end of the file`);
  return file.subarray(offset, offset + size);
}

type Code = Pick<TfliteOperator, 'kind' | 'custom'>;

/** Codes beyond 127 do not fit into the field of old; which of the two is set depends on the converter's age. */
function readCode(table: Table): Code {
  const code = Math.max(table.int8(0), table.int32(3));
  return { kind: builtinOperators[code] ?? `operator ${code}`, custom: table.string(1, 'custom_code') };
}

function readSubgraph(table: Table, codes: readonly Code[], buffers: number): TfliteSubgraph {
  const tensors = table.tables(0, 'tensors').map((tensor) => readTensor(tensor, buffers));
  const indices = (from: Table, field: number, name: string) =>
    (from.int32s(field, name) ?? []).map((i) => index(from, i, tensors.length, name));
  return {
    name: table.string(4, 'name') ?? '',
    tensors,
    inputs: indices(table, 1, 'inputs'),
    outputs: indices(table, 2, 'outputs'),
    operators: table.tables(3, 'operators').map((operator) => {
      const { kind, custom } = codes[index(operator, operator.uint32(0), codes.length, 'opcode_index')] as Code;
      const inputs = (operator.int32s(1, 'inputs') ?? []).map((i) => (i === -1 ? i : index(operator, i, tensors.length, 'inputs')));
      return { kind, custom, inputs, outputs: indices(operator, 2, 'outputs'), options: readOptions(kind, operator) };
    }),
  };
}

function readTensor(table: Table, buffers: number): TfliteTensor {
  const type = table.int8(1);
  const quantization = table.table(4, 'quantization');
  return {
    name: table.string(3, 'name') ?? '',
    shape: table.int32s(0, 'shape') ?? [],
    shapeSignature: table.int32s(7, 'shape_signature') ?? [],
    type: tensorTypes[type] ?? `type ${type}`,
    buffer: index(table, table.uint32(2), buffers, 'buffer'),
    quantization: quantization && readQuantization(quantization),
    unreadable: unreadable(table, quantization),
  };
}

/** Undefined where only a range is given, as files of fake quantisation do. */
function readQuantization(table: Table): TfliteQuantization | undefined {
  const scale = table.floats(2, 'scale') ?? [];
  if (scale.length === 0) return undefined;
  const zeroPoint = table.int64s(3, 'zero_point') ?? [];
  if (zeroPoint.length > 1 && zeroPoint.length !== scale.length) {
    throw table.corrupt(`${scale.length} scales and ${zeroPoint.length} zero points`);
  }
  const all = zeroPoint.length === scale.length ? zeroPoint : scale.map(() => zeroPoint[0] ?? 0);
  return { scale, zeroPoint: all, axis: table.int32(6) };
}

/** `QuantizationDetails`, by number. */
const details = ['', 'custom', 'blockwise'];

function unreadable(table: Table, quantization: Table | undefined): string | undefined {
  if (table.has(6)) return 'sparse';
  if (table.uint32(10) !== 0) return 'in another file';
  const type = quantization?.uint8(4) ?? 0;
  return type === 0 ? undefined : `quantised in another way (${details[type] ?? type})`;
}

function readSignature(table: Table, subgraphs: readonly TfliteSubgraph[]): TfliteSignature {
  const subgraph = index(table, table.uint32(4), subgraphs.length, 'subgraph_index');
  const { tensors } = subgraphs[subgraph] as TfliteSubgraph;
  const names = (field: number, name: string) =>
    table.tables(field, name).map(
      (map): TfliteName => ({
        name: map.string(0, 'name') ?? '',
        tensor: index(map, map.uint32(1), tensors.length, 'tensor_index'),
      }),
    );
  return { key: table.string(2, 'signature_key') ?? '', subgraph, inputs: names(0, 'inputs'), outputs: names(1, 'outputs') };
}

/** `value`, which has to be an index of a list of `length`. */
function index(table: Table, value: number, length: number, name: string): number {
  if (value >= 0 && value < length) return value;
  throw table.corrupt(`${name} refers to number ${value} of ${length}`);
}
