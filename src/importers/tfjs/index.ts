import { createHash } from 'node:crypto';
import { ModelError } from '../../shared/errors.ts';
import { importKeras } from '../keras/import.ts';
import { parseModel } from '../keras/parse.ts';
import { type Importer, type Model, type ModelSource, modelHash } from '../model.ts';
import { readManifest } from './manifest.ts';
import { loadWeights } from './shards.ts';
import { isModelJson, parseModelJson, topologyOf } from './topology.ts';
import { weightsByName } from './weightNames.ts';

/** TensorFlow.js Layers: model.json and its weight shards. */
export const tfjsImporter: Importer = {
  id: 'tfjs-layers',
  matches: (source) => isModelJson(source.bytes),
  open,
};

async function open(source: ModelSource): Promise<Model> {
  try {
    const json = parseModelJson(source.bytes);
    const { className, config, pointer, kerasVersion } = topologyOf(json);
    const model = parseModel(className, config, pointer);
    const groups = readManifest(json.weightsManifest);
    const hash = createHash('sha256').update(source.bytes);
    const stored = await loadWeights(groups, source, hash);
    const weights = weightsByName(stored);
    const { file, inputSize, inputs, output } = source;
    const imported = importKeras({ model, kerasVersion, weights, inputSize, inputs, output });
    return { format: 'tfjs-layers', file, hash: modelHash(hash.digest('hex'), source), ...imported };
  } catch (error) {
    throw named(error, source.file);
  }
}

function named(error: unknown, file: string): unknown {
  if (error instanceof ModelError) return error.with({ file });
  // Configs are read recursively; no honest file comes near the limit of the stack.
  if (error instanceof RangeError && /call stack/.test(error.message)) {
    return new ModelError('file-corrupt', 'The model.json is nested too deep.', { file, cause: error });
  }
  return error;
}
