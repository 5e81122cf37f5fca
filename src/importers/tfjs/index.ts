import { importKeras } from '../keras/import.ts';
import type { JsonObject } from '../keras/json.ts';
import { parseModel } from '../keras/parse.ts';
import { inFile } from '../keras/parseJson.ts';
import type { Imported, Importer, Layer, ModelFormat, ModelSource, Network } from '../model.ts';
import { importTensorFlow } from '../tensorflow/import.ts';
import { graphOf } from './graph.ts';
import { readManifest } from './manifest.ts';
import { loadWeights } from './shards.ts';
import { isGraph, isModelJson, parseModelJson, topologyOf } from './topology.ts';
import { weightsByName } from './weightNames.ts';

/** TensorFlow.js: model.json, of layers or a graph, and its weight shards. */
export const tfjsImporter: Importer = {
  id: 'tfjs-layers',
  matches: (source) => isModelJson(source.bytes),
  open,
};

async function open(source: ModelSource): Promise<Imported> {
  try {
    const json = parseModelJson(source.bytes);
    const load = () => loadWeights(readManifest(json.weightsManifest), source);
    const graph = isGraph(json);
    const imported = graph ? importTensorFlow(graphOf(json, await load()), source) : await importLayers(json, source, load);
    const format: ModelFormat = graph ? 'tfjs-graph' : 'tfjs-layers';
    const layers = imported.layers.map(inJson);
    return { format, ...imported, layers, ...producerOf(json) };
  } catch (error) {
    throw inFile(error, source.file, 'model.json');
  }
}

async function importLayers(json: JsonObject, choices: ModelSource, load: () => ReturnType<typeof loadWeights>): Promise<Network> {
  const { className, config, pointer, kerasVersion } = topologyOf(json);
  const model = parseModel(className, config, pointer);
  const weights = weightsByName(await load());
  const { inputSize, inputs, output } = choices;
  return importKeras({ model, kerasVersion, weights, inputSize, inputs, output });
}

/** Nodes of a graph model stand in the file as layers do. */
function inJson(layer: Layer): Layer {
  const index = /^modelTopology\.node\[(\d+)\]/.exec(layer.place.node ?? '')?.[1];
  return index === undefined ? layer : { ...layer, place: { ...layer.place, pointer: `/modelTopology/node/${index}` } };
}

function producerOf({ generatedBy, convertedBy }: JsonObject): Pick<Imported, 'producer'> {
  // Of graph models the converter gives TensorFlow's bare version.
  const generator = typeof generatedBy === 'string' && /^\d/.test(generatedBy) ? `TensorFlow ${generatedBy}` : generatedBy;
  const said = [generator, convertedBy].filter((by) => typeof by === 'string' && by !== '');
  return said.length === 0 ? {} : { producer: said.join(', ') };
}
