import { MessageWriter } from '../protobuf/writer.ts';
import type { AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from './types.ts';

/** `AttributeProto.AttributeType`. */
const attributeType = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7, strings: 8 } as const;

/** The model as .onnx bytes. Weights are copied once, into the result. Field numbers: onnx.proto. */
export function encodeModel(model: ModelProto): Uint8Array {
  const out = new MessageWriter().int(1, model.irVersion);
  if (model.producerName) out.string(2, model.producerName);
  if (model.producerVersion) out.string(3, model.producerVersion);
  out.message(7, graph(model.graph));
  for (const { domain, version } of model.opsetImports) out.message(8, new MessageWriter().string(1, domain).int(2, version));
  entries(out, 14, model.metadata);
  return out.finish();
}

function entries(out: MessageWriter, field: number, metadata: Readonly<Record<string, string>> = {}): void {
  for (const [key, value] of Object.entries(metadata)) out.message(field, new MessageWriter().string(1, key).string(2, value));
}

function graph(g: GraphProto): MessageWriter {
  const out = new MessageWriter();
  for (const n of g.nodes) out.message(1, node(n));
  out.string(2, g.name);
  for (const t of g.initializers) out.message(5, tensor(t));
  for (const v of g.inputs) out.message(11, valueInfo(v));
  for (const v of g.outputs) out.message(12, valueInfo(v));
  for (const v of g.valueInfo ?? []) out.message(13, valueInfo(v));
  return out;
}

function node(n: NodeProto): MessageWriter {
  const out = new MessageWriter();
  for (const input of n.inputs) out.string(1, input);
  for (const output of n.outputs) out.string(2, output);
  if (n.name) out.string(3, n.name);
  out.string(4, n.opType);
  for (const a of n.attributes) out.message(5, attribute(a));
  if (n.domain) out.string(7, n.domain);
  entries(out, 9, n.metadata);
  return out;
}

function attribute(a: AttributeProto): MessageWriter {
  const out = new MessageWriter().string(1, a.name);
  switch (a.type) {
    case 'float':
      out.float(2, a.value);
      break;
    case 'int':
      out.int(3, a.value);
      break;
    case 'string':
      out.string(4, a.value);
      break;
    case 'tensor':
      out.message(5, tensor(a.value));
      break;
    case 'floats':
      out.floats(7, a.value);
      break;
    case 'ints':
      out.ints(8, a.value);
      break;
    case 'strings':
      for (const s of a.value) out.string(9, s);
      break;
    case 'reference':
    case 'other':
      throw new Error(`attribute '${a.name}' (${a.type}) cannot be written`);
  }
  return out.int(20, attributeType[a.type]);
}

function tensor(t: TensorProto): MessageWriter {
  const out = new MessageWriter().ints(1, t.dims).int(2, t.dataType);
  if (t.floatData) out.floats(4, t.floatData);
  if (t.int32Data) out.ints(5, t.int32Data);
  if (t.int64Data) out.ints(7, t.int64Data);
  out.string(8, t.name);
  if (t.rawData) out.bytes(9, t.rawData);
  if (t.doubleData) out.bytes(10, new Uint8Array(t.doubleData.buffer, t.doubleData.byteOffset, t.doubleData.byteLength));
  if (t.uint64Data) out.ints(11, t.uint64Data);
  if (t.externalData) {
    const { location, offset, length } = t.externalData;
    const entry = (key: string, value: string) => out.message(13, new MessageWriter().string(1, key).string(2, value));
    entry('location', location);
    if (offset) entry('offset', String(offset));
    if (length !== undefined) entry('length', String(length));
    out.int(14, 1);
  }
  return out;
}

function valueInfo(v: ValueInfoProto): MessageWriter {
  const out = new MessageWriter().string(1, v.name);
  if (v.elemType === undefined) return out;
  const type = new MessageWriter().int(1, v.elemType);
  if (v.shape) {
    const shape = new MessageWriter();
    for (const d of v.shape) {
      const dim = new MessageWriter();
      if (typeof d === 'number') dim.int(1, d);
      else if (d) dim.string(2, d);
      shape.message(1, dim);
    }
    type.message(2, shape);
  }
  return out.message(2, new MessageWriter().message(1, type));
}
