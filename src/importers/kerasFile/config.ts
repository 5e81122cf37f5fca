import { ModelError } from '../../shared/errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../keras/json.ts';
import type { KerasModel } from '../keras/model.ts';
import { parseModel } from '../keras/parse.ts';
import { isKeras1, modernised } from './keras1.ts';

export interface ParsedConfig {
  model: KerasModel;
  kerasVersion: string;
}

/** Whether JSON is what `model.to_json()` writes: the config of a model. */
export function isModelConfig(json: JsonObject): boolean {
  return typeof json.class_name === 'string' && (isObject(json.config) || isArray(json.config));
}

/**
 * The model of a config `{class_name, config}`, as it stands in .keras and .h5 files and as `model.to_json()` writes it.
 * @param version where the file states it apart from the config
 * @throws ModelError 'file-corrupt'; 'unsupported' for subclassed models
 */
export function parseConfig(json: JsonObject, version: string | undefined, name: string): ParsedConfig {
  const { class_name: className, config } = json;
  if (!isModelConfig(json) || typeof className !== 'string') {
    throw new ModelError('file-corrupt', `The ${name} describes no model: it has no class_name and config.`);
  }
  if (isObject(config) && !isArray(config.layers)) throw subclassed(className);
  const kerasVersion = version ?? (typeof json.keras_version === 'string' ? json.keras_version : undefined) ?? versionOf(json);
  const modern: Json | undefined = isKeras1(kerasVersion) ? modernised(config) : config;
  return { model: parseModel(className, modern, '/config'), kerasVersion };
}

/** Keras 3 leaves its version out of `to_json()`, but names the module of every class; before 1.2, no file had it. */
function versionOf(json: JsonObject): string {
  return typeof json.module === 'string' ? '3' : '';
}

function subclassed(className: string): ModelError {
  return new ModelError(
    'unsupported',
    `The model is a class of its own ('${className}'): its file says which weights it has, but not how its layers are connected.`,
    { hint: 'Export it to ONNX: model.export("model.onnx", format="onnx").' },
  );
}
