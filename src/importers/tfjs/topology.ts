import { ModelError } from '../../shared/errors.ts';
import { excerpt, isArray, isObject, type Json, type JsonObject } from '../keras/json.ts';
import { parseJsonObject } from '../keras/parseJson.ts';

const HEAD = 2 ** 16;

/** Whether bytes look like a TF.js model.json, Layers or Graph. Reads the head and the tail only. */
export function isModelJson(bytes: Uint8Array): boolean {
  const head = text(bytes.subarray(0, HEAD)).trimStart();
  if (!head.startsWith('{')) return false;
  return /"(modelTopology|weightsManifest)"/.test(head + text(bytes.subarray(Math.max(HEAD, bytes.length - HEAD))));
}

/** @throws ModelError 'file-corrupt' for truncated or invalid JSON. */
export function parseModelJson(bytes: Uint8Array): JsonObject {
  return parseJsonObject(bytes, 'model.json');
}

/** Whether a model.json is a graph of nodes rather than layers. */
export function isGraph({ modelTopology }: JsonObject): boolean {
  return isObject(modelTopology) && isArray(modelTopology.node);
}

export interface Topology {
  className: string;
  config: Json | undefined;
  /** JSON pointer of `config`. */
  pointer: string;
  kerasVersion: string;
}

/**
 * Finds the model config in its three spellings: the converter's `modelTopology.model_config`, what tfjs `model.save()`
 * writes into `modelTopology` itself, and either of them with a bare list of layers as `config`.
 */
export function topologyOf(json: JsonObject): Topology {
  const topology = json.modelTopology;
  if (!isObject(topology)) throw noLayers(`its modelTopology is ${excerpt(topology)}`);
  const wrapped = isObject(topology.model_config);
  const model = wrapped ? (topology.model_config as JsonObject) : topology;
  const pointer = wrapped ? '/modelTopology/model_config/config' : '/modelTopology/config';
  if (typeof model.class_name !== 'string' || !(isArray(model.config) || isObject(model.config)))
    throw noLayers('its modelTopology has no layers');
  return {
    className: model.class_name,
    config: model.config,
    pointer,
    kerasVersion: typeof topology.keras_version === 'string' ? topology.keras_version : '',
  };
}

function noLayers(why: string): ModelError {
  return new ModelError('file-corrupt', `The model.json describes no model: ${why}.`, {
    hint: 'Save the model with model.save() of TensorFlow.js or with tensorflowjs_converter.',
  });
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}
