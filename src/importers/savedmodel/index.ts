import { decodeGraph } from '../../formats/tensorflow/graph.ts';
import { decodeSavedModel } from '../../formats/tensorflow/savedModel.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Imported, Importer, ModelSource } from '../model.ts';
import type { TfGraph } from '../tensorflow/graph.ts';
import { importTensorFlow } from '../tensorflow/import.ts';
import { tracedName } from '../tensorflow/modelName.ts';
import { flatten } from './flatten.ts';
import { impliedSignature } from './frozen.ts';
import { restoredVariables } from './restore.ts';
import { chooseMetaGraph, chooseSignature } from './signature.ts';
import { looksLikeGraphDef, looksLikeSavedModel } from './sniff.ts';
import { loadVariables } from './variables.ts';

/** TensorFlow SavedModels, of TensorFlow 1 and 2 and of Keras, by their `saved_model.pb`; frozen graphs (`.pb`). */
export const savedModelImporter: Importer = {
  id: 'saved-model',
  matches: ({ bytes }) => looksLikeSavedModel(bytes) || looksLikeGraphDef(bytes),
  open,
};

async function open(source: ModelSource): Promise<Imported> {
  const graph = await readTfGraph(source);
  const { hints, ...imported } = importTensorFlow(graph, source);
  const modelName = tracedName(graph);
  const named = { ...hints, ...(modelName !== undefined && { modelName }) };
  return { format: 'saved-model', ...imported, hints: named };
}

/** The graph of a SavedModel's signature with its variables, or a frozen graph. Throws ModelError, see `flatten` and `loadVariables`. */
export async function readTfGraph(source: ModelSource): Promise<TfGraph> {
  if (!looksLikeSavedModel(source.bytes)) {
    const graphDef = decodeGraph(source.bytes);
    const { graph, constants, variables } = flatten(graphDef, impliedSignature(graphDef));
    const [variable] = variables.keys();
    if (variable !== undefined)
      throw new ModelError('unsupported', `The graph has variables ('${variable}') whose values it does not hold.`, {
        where: variable,
        hint: 'Freeze the graph, which turns its variables into constants, or save it as a SavedModel.',
      });
    return { ...graph, constants };
  }
  const metaGraph = chooseMetaGraph(decodeSavedModel(source.bytes));
  const { graph, constants, variables } = flatten(metaGraph.graph, chooseSignature(metaGraph));
  const stored = restoredVariables(metaGraph.graph, metaGraph.restoreOp);
  const loaded = await loadVariables(variables, stored, source);
  return { ...graph, constants: new Map([...constants, ...loaded]) };
}
