// Small TensorFlow files, written field by field, so that they can be wrong in every way.
import { maskedCrc32c } from '../../src/formats/crc32c.ts';
import { MessageWriter } from '../../src/formats/protobuf/writer.ts';

export type Attr =
  | { type: number }
  | { shape: readonly number[] }
  | { b: boolean }
  | { f: string }
  | { ints: readonly number[] }
  | { s: string }
  | { tensor: MessageWriter };

export interface Node {
  name: string;
  op: string;
  inputs?: string;
  attrs?: Record<string, Attr>;
}

export const DT = { FLOAT: 1, INT32: 3, STRING: 7, BOOL: 10, RESOURCE: 20 };

const m = () => new MessageWriter();

export function shapeProto(sizes: readonly number[]): MessageWriter {
  const shape = m();
  for (const size of sizes) shape.message(2, m().int(1, size));
  return shape;
}

export function tensorProto(type: number, sizes: readonly number[], values: readonly number[] = []): MessageWriter {
  const tensor = m().int(1, type).message(2, shapeProto(sizes));
  if (values.length === 0) return tensor;
  return type === DT.FLOAT ? tensor.floats(5, values) : tensor.ints(type === DT.BOOL ? 11 : 7, values);
}

function attrValue(attr: Attr): MessageWriter {
  if ('type' in attr) return m().int(6, attr.type);
  if ('shape' in attr) return m().message(7, shapeProto(attr.shape));
  if ('b' in attr) return m().int(5, Number(attr.b));
  if ('f' in attr) return m().message(10, m().string(1, attr.f));
  if ('s' in attr) return m().string(2, attr.s);
  return 'ints' in attr ? m().message(1, m().ints(3, attr.ints)) : m().message(8, attr.tensor);
}

function nodeDef({ name, op, inputs = '', attrs = {} }: Node): MessageWriter {
  const node = m().string(1, name).string(2, op);
  for (const input of inputs.split(' ').filter((i) => i !== '')) node.string(3, input);
  for (const [key, value] of Object.entries(attrs)) node.message(5, m().string(1, key).message(2, attrValue(value)));
  return node;
}

export interface Fn {
  name: string;
  args: string;
  /** `result=node:output:0`. */
  returns: string;
  nodes: readonly Node[];
}

function functionDef({ name, args, returns, nodes }: Fn): MessageWriter {
  const words = (list: string) => list.split(' ').filter((w) => w !== '');
  const signature = m().string(1, name);
  for (const arg of words(args)) signature.message(2, m().string(1, arg).int(3, DT.FLOAT));
  const pairs = words(returns).map((pair) => pair.split('=') as [string, string]);
  for (const [result] of pairs) signature.message(3, m().string(1, result).int(3, DT.FLOAT));
  const f = m().message(1, signature);
  for (const node of nodes) f.message(3, nodeDef(node));
  for (const [result, tensor] of pairs) f.message(4, m().string(1, result).string(2, tensor));
  return f;
}

export function graphDef(nodes: readonly Node[], functions: readonly Fn[] = []): MessageWriter {
  const graph = m();
  for (const node of nodes) graph.message(1, nodeDef(node));
  const library = m();
  for (const f of functions) library.message(1, functionDef(f));
  return functions.length > 0 ? graph.message(2, library) : graph;
}

export interface Info {
  tensor: string;
  type?: number;
  shape?: readonly number[];
}

export interface MetaGraph {
  tags?: readonly string[];
  nodes: readonly Node[];
  functions?: readonly Fn[];
  signatures: Record<string, { inputs: Record<string, Info>; outputs: Record<string, Info> }>;
}

function tensorInfo({ tensor, type = DT.FLOAT, shape }: Info): MessageWriter {
  const info = m().string(1, tensor).int(2, type);
  return shape ? info.message(3, shapeProto(shape)) : info;
}

export function savedModel(...metaGraphs: readonly MetaGraph[]): Uint8Array {
  const file = m().int(1, 1);
  for (const { tags = ['serve'], nodes, functions = [], signatures } of metaGraphs) {
    const info = m();
    for (const tag of tags) info.string(4, tag);
    const meta = m().message(1, info).message(2, graphDef(nodes, functions));
    for (const [name, { inputs, outputs }] of Object.entries(signatures)) {
      const signature = m();
      for (const [key, value] of Object.entries(inputs)) signature.message(1, m().string(1, key).message(2, tensorInfo(value)));
      for (const [key, value] of Object.entries(outputs)) signature.message(2, m().string(1, key).message(2, tensorInfo(value)));
      meta.message(5, m().string(1, name).message(2, signature));
    }
    file.message(2, meta);
  }
  return file.finish();
}

// ------------------------------------------------------------ checkpoints

const MAGIC = [0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb];

function varint(value: number): number[] {
  const digits: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) digits.push((rest % 128) | 128);
  return [...digits, rest];
}

/** One entry of a table's block as it is written: with how much of the key before. */
export interface Raw {
  shared?: number;
  key: string;
  value: Uint8Array;
}

export function block(entries: readonly Raw[], compression = 0): Uint8Array {
  const parts = entries.flatMap(({ shared = 0, key, value }) => [
    Uint8Array.from([...varint(shared), ...varint(key.length), ...varint(value.length)]),
    new Uint8Array(Buffer.from(key)),
    value,
  ]);
  const bytes = Buffer.concat([...parts, Uint8Array.of(0, 0, 0, 0, 1, 0, 0, 0), Uint8Array.of(compression)]);
  const crc = Buffer.alloc(4);
  crc.writeUInt32LE(maskedCrc32c(bytes));
  return Buffer.concat([bytes, crc]);
}

export const handle = (offset: number, size: number): Uint8Array => Uint8Array.from([...varint(offset), ...varint(size)]);

/** A table of one block, unless `handles` say otherwise. */
export function table(content: Uint8Array, handles: readonly Raw[] = [{ key: '~', value: handle(0, content.length - 5) }]): Uint8Array {
  const index = block(handles);
  const footer = Buffer.alloc(40);
  footer.set([...varint(0), ...varint(0), ...handle(content.length, index.length - 5)]);
  return Buffer.concat([content, index, footer, Uint8Array.from(MAGIC)]);
}

export interface Entry {
  key: string;
  type?: number;
  shape: readonly number[];
  shard?: number;
  offset?: number;
  size: number;
  crc: number;
}

export function bundleEntry({ type = DT.FLOAT, shape, shard = 0, offset = 0, size, crc }: Entry): Uint8Array {
  const fixed = Buffer.alloc(4);
  fixed.writeUInt32LE(crc);
  const entry = m().int(1, type).message(2, shapeProto(shape)).int(3, shard).int(4, offset).int(5, size).finish();
  return Buffer.concat([entry, Uint8Array.of((6 << 3) | 5), fixed]);
}

/** `variables.index` of these entries. */
export function bundleIndex(entries: readonly Entry[], shards = 1, endianness = 0): Uint8Array {
  const header = m().int(1, shards).int(2, endianness).finish();
  return table(block([{ key: '', value: header }, ...entries.map((e) => ({ key: e.key, value: bundleEntry(e) }))]));
}
