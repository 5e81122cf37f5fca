import { createHash } from 'node:crypto';
import { importKeras } from '../keras/import.ts';
import { parseModel } from '../keras/parse.ts';
import { inFile } from '../keras/parseJson.ts';
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
    throw inFile(error, source.file, 'model.json');
  }
}
