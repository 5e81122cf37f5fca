import { basename } from 'node:path';
import { ModelError } from '../../shared/errors.ts';
import type { JsonObject } from '../keras/json.ts';
import { parseJsonObject } from '../keras/parseJson.ts';
import type { ModelSource } from '../model.ts';
import { isModelConfig } from './config.ts';

/** What people call the result of `model.to_json()`, besides the name of the weights. */
const NAMES = ['config.json', 'model.json', 'topology.json', 'architecture.json', 'model_config.json'];

interface Beside {
  name: string;
  json: JsonObject;
}

/**
 * The config that belongs to a file of weights: `net.json` beside `net.h5` or `net.weights.h5`, else a file of one of the usual names.
 * @throws ModelError 'file-missing' that says what is missing and how to make it
 */
export async function configBeside(source: ModelSource): Promise<Beside> {
  const stem = basename(source.file).replace(/(\.weights)?\.(h5|hdf5|keras)$/i, '');
  const names = [...new Set([`${stem}.json`, ...NAMES])];
  for (const name of names) {
    const bytes = await readIfThere(source, name);
    if (!bytes) continue;
    const json = parseJsonObject(bytes, name);
    if (isModelConfig(json)) return { name, json };
  }
  throw new ModelError('file-missing', 'The file holds the weights of a Keras model, but not its layers and how they are connected.', {
    hint: `Save the whole model with model.save("model.keras"), or write model.to_json() to '${stem}.json' beside the file.`,
  });
}

async function readIfThere(source: ModelSource, name: string): Promise<Uint8Array | undefined> {
  try {
    return await source.read(name);
  } catch (error) {
    if (error instanceof ModelError && error.code === 'file-missing') return undefined;
    throw error;
  }
}
