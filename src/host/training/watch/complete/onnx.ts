import { type Check, has } from './kind.ts';
import { type Field, fieldsOf, numberOf, textOf, untilCut } from './protobuf.ts';
import type { WindowReader } from './windowReader.ts';

/** How far tensors in other files reach, by the files' names. */
interface Contents {
  hasGraph: boolean;
  hasOpset: boolean;
  /** Bytes that a file must have at least; NaN: all of it, whatever its size. */
  external: ReadonlyMap<string, number>;
}

/** ONNX: the outermost message ends with the file and has a graph and an operator set; files of external weights are long enough. */
export const checkOnnx: Check = async ({ main, name, part, read }) => {
  if (main.bytes === 0) return `${name} is empty.`;
  const contents = await read(main, (reader) => untilCut(() => contentsOf(reader)));
  if (!contents) return `${name} ends in the middle.`;
  if (!contents.hasGraph) return `${name} has no graph yet.`;
  if (!contents.hasOpset) return `${name} ends before its operator set.`;
  const names = [...contents.external.keys()];
  const there = await Promise.all(names.map((each) => part(each)));
  const missing = names.filter((_, i) => !there[i]);
  if (missing.length > 0 && names.length > 1) return `${names.length - missing.length} of ${names.length} weight files are there.`;
  if (missing.length > 0) return `The weight file ${missing[0]} is missing.`;
  for (const [i, each] of names.entries()) {
    const [bytes, least] = [there[i]?.bytes ?? 0, contents.external.get(each) ?? 0];
    if (bytes < least) return has(each, bytes, least);
    if (bytes === 0) return `${each} is empty.`;
  }
  return undefined;
};

/** Field numbers of onnx.proto: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto, StringStringEntryProto. */
async function contentsOf(reader: WindowReader): Promise<Contents> {
  const external = new Map<string, number>();
  const found = { hasGraph: false, hasOpset: false, external };
  for await (const field of fieldsOf(reader, 0, reader.size)) {
    if (field.number === 8) found.hasOpset = true;
    if (field.number !== 7 || field.type !== 2) continue;
    found.hasGraph = true;
    for await (const tensor of tensorsOf(reader, field)) await note(reader, tensor, external);
  }
  return found;
}

/** Initialisers, and the values of constants among the nodes. */
async function* tensorsOf(reader: WindowReader, graph: Field): AsyncGenerator<Field> {
  for await (const field of fieldsOf(reader, graph.start, graph.end)) {
    if (field.number === 5) yield field;
    if (field.number !== 1) continue;
    for await (const attribute of fieldsOf(reader, field.start, field.end)) {
      if (attribute.number !== 5) continue;
      for await (const value of fieldsOf(reader, attribute.start, attribute.end)) if (value.number === 5 && value.type === 2) yield value;
    }
  }
}

async function note(reader: WindowReader, tensor: Field, external: Map<string, number>): Promise<void> {
  const entries = new Map<string, string>();
  let isExternal = false;
  for await (const field of fieldsOf(reader, tensor.start, tensor.end)) {
    if (field.number === 14) isExternal = (await numberOf(reader, field)) === 1;
    if (field.number !== 13) continue;
    let key = '';
    for await (const each of fieldsOf(reader, field.start, field.end)) {
      if (each.number === 1) key = await textOf(reader, each);
      if (each.number === 2) entries.set(key, await textOf(reader, each));
    }
  }
  const location = entries.get('location');
  if (!isExternal || location === undefined) return;
  // Nothing outside of the model's folder is looked at.
  if (/^[/\\]|^[a-z]:|(^|[/\\])\.\.([/\\]|$)/i.test(location)) return;
  const end = Number(entries.get('offset') ?? 0) + Number(entries.get('length') ?? 0);
  external.set(location, Math.max(external.get(location) ?? 0, Number.isFinite(end) ? end : 0));
}
