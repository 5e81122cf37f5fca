import type { DType } from '../../graph/opset.ts';
import { ModelError } from '../../shared/errors.ts';
import { isArray, isObject, type JsonObject } from '../keras/json.ts';
import type { StoredWeight } from '../keras/weights.ts';
import type { TfConstant, TfGraph, TfInput, TfNode, TfOutput } from '../tensorflow/graph.ts';
import { topological } from '../tensorflow/topological.ts';
import { type JsonNode, readNodes, sizesOf } from './nodes.ts';

/** A TensorFlow.js graph model: a frozen GraphDef as JSON and its weights. @throws ModelError, naming the node. */
export function graphOf(json: JsonObject, weights: readonly StoredWeight[]): TfGraph {
  const { node, library } = json.modelTopology as JsonObject;
  if (isObject(library) && isArray(library.function) && library.function.length > 0) {
    throw new ModelError('unsupported', 'The graph model calls functions (control flow), which is not supported.', {
      hint: 'Convert the model with --control_flow_v2=false, or save it as .keras.',
    });
  }
  const nodes = readNodes(isArray(node) ? node : []);
  const constants = constantsOf(nodes, weights);
  const placeholders = nodes.filter(({ op }) => op === 'Placeholder');
  const outputs = outputsOf(json, nodes);
  const read = lastOutputs([...nodes.flatMap(({ inputs }) => inputs), ...outputs.map(({ tensor }) => tensor)]);
  const inner = nodes
    .filter(({ name, op }) => !constants.has(name) && op !== 'Placeholder' && op !== 'NoOp')
    .map((each) => tfNode(each, read));
  return {
    nodes: topological(inner, [...constants.keys(), ...placeholders.map(({ name }) => name)]),
    constants,
    inputs: inputsOf(json, placeholders),
    outputs,
  };
}

/** A Const's values are the weight of its name; those of a few bytes some converters leave out of the weights are refused by name. */
function constantsOf(nodes: readonly JsonNode[], weights: readonly StoredWeight[]): Map<string, TfConstant> {
  const stored = new Map(weights.map((weight) => [weight.name, weight]));
  const constants = new Map<string, TfConstant>();
  for (const { name, op, attrs } of nodes) {
    if (op !== 'Const') continue;
    const weight = stored.get(name);
    if (!weight && attrs.dtype === 'DT_STRING') continue;
    if (!weight) {
      throw new ModelError('weights', `The weights of '${name}' are not in the weightsManifest.`, {
        where: name,
        hint: 'Convert the model again: topology and weights together.',
      });
    }
    const dtype = dtypeOf(attrs.dtype);
    if (dtype)
      constants.set(name, {
        dtype,
        shape: weight.shape,
        read: () => (dtype === 'float32' ? (weight.copy ?? weight.read)() : Array.from(weight.read())),
      });
  }
  return constants;
}

const dtypes: Readonly<Record<string, DType>> = {
  DT_FLOAT: 'float32',
  DT_HALF: 'float32',
  DT_INT32: 'int32',
  DT_INT64: 'int64',
  DT_UINT8: 'uint8',
  DT_BOOL: 'bool',
};

function dtypeOf(name: unknown): DType | undefined {
  return typeof name === 'string' && Object.hasOwn(dtypes, name) ? dtypes[name] : undefined;
}

/** `node:0` is the node's name, in the graph as in the signature. */
function tensorName(reference: string): string {
  return reference.endsWith(':0') ? reference.slice(0, -2) : reference;
}

/** As many outputs as anything reads, at least one. */
function tfNode({ name, op, inputs, attrs, index }: JsonNode, read: ReadonlyMap<string, number>): TfNode {
  const outputs = Array.from({ length: 1 + (read.get(name) ?? 0) }, (_, i) => (i === 0 ? name : `${name}:${i}`));
  return { name, op, inputs: inputs.map(tensorName), outputs, attrs, place: `modelTopology.node[${index}] ${name}` };
}

const MOST_OUTPUTS = 2 ** 16;

/** By node, the number of its last output that is read. */
function lastOutputs(references: Iterable<string>): Map<string, number> {
  const last = new Map<string, number>();
  for (const reference of references) {
    const colon = reference.lastIndexOf(':');
    const number = colon < 0 ? 0 : Number(reference.slice(colon + 1));
    if (!Number.isInteger(number) || number < 0 || number > MOST_OUTPUTS)
      throw new ModelError('file-corrupt', `A node of the model.json reads '${reference}', which is no output.`, { where: reference });
    const name = colon < 0 ? reference : reference.slice(0, colon);
    last.set(name, Math.max(number, last.get(name) ?? 0));
  }
  return last;
}

interface SignatureEntry {
  /** The signature's word for it. */
  name: string;
  tensor: string;
  shape: number[] | undefined;
}

/** `signature` at the top, as converters write it, or in `userDefinedMetadata`, as they did. */
function signatureOf(json: JsonObject, side: 'inputs' | 'outputs'): SignatureEntry[] {
  const metadata = isObject(json.userDefinedMetadata) ? json.userDefinedMetadata.signature : undefined;
  const signature = isObject(json.signature) ? json.signature : metadata;
  const entries = isObject(signature) ? signature[side] : undefined;
  if (!isObject(entries)) return [];
  return Object.entries(entries).flatMap(([name, entry]) => {
    if (!isObject(entry) || typeof entry.name !== 'string') return [];
    return [{ name, tensor: tensorName(entry.name), shape: isObject(entry.tensorShape) ? sizesOf(entry.tensorShape) : undefined }];
  });
}

function inputsOf(json: JsonObject, placeholders: readonly JsonNode[]): TfInput[] {
  const signature = signatureOf(json, 'inputs');
  return placeholders.map(({ name, attrs }) => {
    const entry = signature.find(({ tensor }) => tensor === name);
    const shape = entry?.shape ?? (attrs.shape as number[] | undefined);
    return { name: entry?.name ?? name, tensor: name, dtype: dtypeOf(attrs.dtype), shape };
  });
}

/** Those of the signature, else the nodes that nothing reads. */
function outputsOf(json: JsonObject, nodes: readonly JsonNode[]): TfOutput[] {
  const signature = signatureOf(json, 'outputs');
  if (signature.length > 0) return signature.map(({ name, tensor }) => ({ name, tensor }));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs.map((input) => input.replace(/:\d+$/, ''))));
  return nodes.filter(({ name, op }) => !read.has(name) && op !== 'NoOp' && op !== 'Const').map(({ name }) => ({ name, tensor: name }));
}
