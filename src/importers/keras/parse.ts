import { ModelError } from '../../shared/errors.ts';
import { Attributes } from './attributes.ts';
import { excerpt, isArray, isObject, type Json, type JsonObject } from './json.ts';
import type { KerasLayer, KerasModel, Operand, TensorRef } from './model.ts';
import { readCalls, readOptions, readRefs } from './references.ts';

const DEEPEST = 16;

/**
 * Reads a model config `{class_name, config}` as Keras 2 and Keras 3 write it: Functional, Model, Sequential, and the bare
 * list of layers of early Keras. Nested models are read with it.
 * @param pointer JSON pointer of `config`.
 * @throws ModelError 'file-corrupt', naming the layer.
 */
export function parseModel(className: string, config: Json | undefined, pointer: string, depth = 0): KerasModel {
  if (depth > DEEPEST) throw corrupt(`Models are nested more than ${DEEPEST} deep.`);
  const entries = isArray(config) ? config : isObject(config) ? config.layers : undefined;
  if (!isArray(entries)) throw corrupt(`The ${className} model at ${pointer} has no list of layers, but ${excerpt(config)}.`);
  const at = isArray(config) ? pointer : `${pointer}/layers`;
  const layers = entries.map((entry, i) => parseLayer(entry, `${at}/${i}`, depth));
  refuseDoubles(layers);
  const fields: JsonObject = isObject(config) ? config : {};
  const name = typeof fields.name === 'string' ? fields.name : className.toLowerCase();
  if (isSequential(className, fields)) return sequential(name, layers, fields.build_input_shape);
  return {
    name,
    layers,
    inputs: readRefs(fields.input_layers).map((ref) => ref.layer),
    outputs: readRefs(fields.output_layers),
  };
}

function isSequential(className: string, fields: JsonObject): boolean {
  return className === 'Sequential' || (fields.input_layers === undefined && fields.output_layers === undefined);
}

function parseLayer(entry: Json, pointer: string, depth: number): KerasLayer {
  if (!isObject(entry) || typeof entry.class_name !== 'string') throw corrupt(`The layer at ${pointer} has no class_name.`);
  const className = entry.class_name;
  const config = entry.config;
  const given = isObject(config) && typeof config.name === 'string' ? config.name : entry.name;
  const name =
    typeof given === 'string' && given !== '' ? given : `${className.toLowerCase()}_${pointer.slice(pointer.lastIndexOf('/') + 1)}`;
  const attributes = new Attributes(`'${name}' (${className})`, isObject(config) ? config : {});
  const options = readOptions(entry.inbound_nodes);
  const origin = originOf(entry);
  const layer: KerasLayer = { name, className, origin, attributes, calls: readCalls(entry.inbound_nodes), options, pointer };
  const isModel = isArray(config) || (isObject(config) && isArray(config.layers));
  return isModel ? { ...layer, model: parseModel(className, config, `${pointer}/config`, depth + 1) } : layer;
}

/**
 * Keras 3 writes the module of each class, and null for a class of the author's own. Its .h5 files leave that out, as Keras 2
 * does: there an operation of Keras 3 is what is called as Keras 3 does it and, other than its layers, has no `trainable`.
 */
function originOf({ module, registered_name: registered, config, inbound_nodes: nodes }: JsonObject): KerasLayer['origin'] {
  if (module === null && typeof registered === 'string') return 'custom';
  if (typeof module !== 'string') {
    const called = isArray(nodes) && isObject(nodes[0]);
    return called && isObject(config) && config.trainable === undefined && !isArray(config.layers) ? 'operation' : 'layer';
  }
  if (/^keras(\.src)?\.ops(\.|$)/.test(module)) return 'operation';
  return /^(keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras)(\.|$)/.test(module) ? 'layer' : 'custom';
}

/** Chains the layers; makes up the input where the first layer is none. */
function sequential(name: string, layers: readonly KerasLayer[], buildShape: Json | undefined): KerasModel {
  const first = layers[0];
  if (!first) throw corrupt(`The Sequential model '${name}' has no layers.`);
  const head = first.className === 'InputLayer' ? { ...first, calls: [] } : implicitInput(first, buildShape);
  let previous: TensorRef = { layer: head.name, call: 0, tensor: 0 };
  const chain = (first.className === 'InputLayer' ? layers.slice(1) : layers).map((layer): KerasLayer => {
    const calls: Operand[][] = [[previous]];
    previous = { layer: layer.name, call: 0, tensor: 0 };
    return { ...layer, calls };
  });
  return { name, layers: [head, ...chain], inputs: [head.name], outputs: [previous] };
}

function implicitInput(first: KerasLayer, buildShape: Json | undefined): KerasLayer {
  const name = `${first.name}_input`;
  const shape = shapeOf(first) ?? buildShape ?? null;
  return {
    name,
    className: 'InputLayer',
    origin: 'layer',
    attributes: new Attributes(`'${name}' (InputLayer)`, { batch_input_shape: shape }),
    calls: [],
    options: {},
    pointer: first.pointer,
    implicit: true,
  };
}

/** The batch shape a layer declares for its input, `batch_input_shape` in Keras 2, `batch_shape` in Keras 3. */
export function shapeOf(layer: KerasLayer): Json | undefined {
  const declared = layer.attributes.get('batch_input_shape') ?? layer.attributes.get('batch_shape');
  if (declared !== undefined) return declared;
  const input = layer.model?.layers.find((l) => l.name === layer.model?.inputs[0]);
  return input && shapeOf(input);
}

function refuseDoubles(layers: readonly KerasLayer[]): void {
  const seen = new Set<string>();
  for (const { name } of layers) {
    if (seen.has(name)) throw corrupt(`Two layers are called '${name}'.`, name);
    seen.add(name);
  }
}

export function corrupt(message: string, where?: string): ModelError {
  return new ModelError('file-corrupt', message, where === undefined ? {} : { where });
}
