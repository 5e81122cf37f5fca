import { readConstant } from './constants.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import type { Operand, TensorRef } from './model.ts';

/** Arguments by keyword that are data, in the order of the functions' own; others (`mask`, `training`) are not. */
const DATA_KEYWORDS = ['condition', 'inputs', 'x', 'x1', 'y', 'x2', 'query', 'value', 'key', 'bias', 'slice_spec'];

/** Arguments by keyword that change nothing at inference. */
const IDLE_KEYWORDS = ['name', 'mask'];

/** All tensors that `input_layers` or `output_layers` name: one ref, a list of them, or a tree (Keras 3). */
export function readRefs(value: Json | undefined): TensorRef[] {
  const ref = readRef(value);
  if (ref) return [ref];
  if (isArray(value)) return value.flatMap(readRefs);
  if (isObject(value)) return Object.values(value).flatMap(readRefs);
  return [];
}

/** `inbound_nodes`: the operands of each call. */
export function readCalls(value: Json | undefined): Operand[][] {
  return isArray(value) ? value.map(readCall) : [];
}

/** Arguments by keyword of any call that are no data and given a value: options of the function that is called. */
export function readOptions(value: Json | undefined): JsonObject {
  const nodes = isArray(value) ? value : [];
  const keywords = nodes.flatMap((node) =>
    isObject(node) ? [node.kwargs] : entriesOf(node).map((entry) => (isArray(entry) ? entry[3] : undefined)),
  );
  const given = keywords.filter(isObject).flatMap((kwargs) => Object.entries(kwargs));
  const isGiven = ([key, v]: [string, Json | undefined]) => v !== null && !(key === 'training' && v === false);
  return Object.fromEntries(given.filter(isGiven).filter(([key]) => !DATA_KEYWORDS.includes(key) && !IDLE_KEYWORDS.includes(key)));
}

/** Entries `[name, node, tensor, kwargs]` of a Keras 2 node, which may be one such entry alone. */
function entriesOf(node: Json): readonly Json[] {
  if (!isArray(node)) return [];
  return typeof node[0] === 'string' ? [node] : node;
}

/** One node: Keras 3 `{args, kwargs}`, Keras 2 `[[name, node, tensor, kwargs], …]`, or one such entry alone. */
function readCall(node: Json): Operand[] {
  if (isObject(node)) return [...argumentsOf(node.args), ...keywordOperands(node.kwargs)];
  return entriesOf(node).flatMap((entry): Operand[] => {
    const ref = readRef(entry);
    return ref ? [ref, ...keywordOperands(isArray(entry) ? entry[3] : undefined)] : operandsOf(entry);
  });
}

function keywordOperands(kwargs: Json | undefined): Operand[] {
  if (!isObject(kwargs)) return [];
  return DATA_KEYWORDS.flatMap((key) => operandsOf(kwargs[key]));
}

/** Positional arguments, each by itself: the list of them is no tensor. */
function argumentsOf(args: Json | undefined): Operand[] {
  return isArray(args) ? args.flatMap(operandsOf) : operandsOf(args);
}

/** Refs and constants; a list of tensors is each of them. */
function operandsOf(value: Json | undefined): Operand[] {
  const found = readRef(value) ?? readConstant(value);
  if (found !== undefined) return [found];
  return isArray(value) ? value.flatMap(operandsOf) : [];
}

/** `[name, call, tensor, …]` of Keras 2, or `{class_name: '__keras_tensor__', config: {keras_history: […]}}` of Keras 3. */
function readRef(value: Json | undefined): TensorRef | undefined {
  if (isObject(value) && value.class_name === '__keras_tensor__' && isObject(value.config))
    return readHistory((value.config as JsonObject).keras_history);
  return readHistory(value);
}

function readHistory(value: Json | undefined): TensorRef | undefined {
  if (!isArray(value)) return undefined;
  const [layer, call, tensor] = value;
  if (typeof layer !== 'string' || !isIndex(call) || !isIndex(tensor)) return undefined;
  return { layer, call, tensor };
}

function isIndex(value: Json | undefined): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
