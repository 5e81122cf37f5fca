import { ModelError } from '../../shared/errors.ts';
import { excerpt, isArray, isObject, type Json, type JsonObject } from '../keras/json.ts';
import type { TfAttribute, TfAttributes } from '../tensorflow/graph.ts';

/** A node of a GraphDef written as proto3 JSON: bytes and strings are base64, int64 are strings. */
export interface JsonNode {
  name: string;
  op: string;
  /** `node`, `node:1`; without control inputs. */
  inputs: readonly string[];
  attrs: TfAttributes;
  /** Position in `modelTopology.node`. */
  index: number;
}

/** `modelTopology.node`. @throws ModelError('file-corrupt') naming the node. */
export function readNodes(nodes: readonly Json[]): JsonNode[] {
  return nodes.map((entry, index) => {
    if (!isObject(entry) || typeof entry.name !== 'string' || typeof entry.op !== 'string')
      throw new ModelError('file-corrupt', `Node ${index} of the model.json is ${excerpt(entry)}, expected {name, op, input, attr}.`);
    const { name, op } = entry;
    const inputs = entry.input ?? [];
    if (!isArray(inputs) || !inputs.every((input) => typeof input === 'string'))
      throw new ModelError('file-corrupt', `Node '${name}' of the model.json has inputs ${excerpt(inputs)}.`, { where: name });
    const data = (inputs as string[]).filter((input) => !input.startsWith('^'));
    return { name, op, inputs: data, attrs: attributes(isObject(entry.attr) ? entry.attr : {}), index };
  });
}

/** What no importer has a use for (tensors, functions, lists of shapes) is left out. */
function attributes(attr: JsonObject): TfAttributes {
  const found: Record<string, TfAttribute> = {};
  for (const [key, value] of Object.entries(attr)) {
    const read = isObject(value) ? attribute(value) : undefined;
    if (read !== undefined && !key.startsWith('_')) found[key] = read;
  }
  return found;
}

function attribute(value: JsonObject): TfAttribute | undefined {
  if (typeof value.s === 'string') return text(value.s);
  if (value.i !== undefined) return Number(value.i);
  if (value.f !== undefined) return Number(value.f);
  if (typeof value.b === 'boolean') return value.b;
  if (typeof value.type === 'string') return value.type;
  if (isObject(value.shape)) return sizesOf(value.shape);
  if (!isObject(value.list)) return undefined;
  const { list } = value;
  if (isArray(list.s)) return list.s.map((entry) => text(String(entry)));
  if (isArray(list.i)) return list.i.map(Number);
  if (isArray(list.f)) return list.f.map(Number);
  if (isArray(list.type)) return list.type.map(String);
  return Object.keys(list).length === 0 ? [] : undefined;
}

/** Sizes of a TensorShapeProto, −1 for unknown ones; undefined: unknown rank. */
export function sizesOf(shape: JsonObject): number[] | undefined {
  if (shape.unknownRank === true) return undefined;
  const dims = isArray(shape.dim) ? shape.dim : [];
  return dims.map((dim) => (isObject(dim) && dim.size !== undefined ? Number(dim.size) : -1));
}

function text(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}
