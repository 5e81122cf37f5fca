import { ModelError } from '../../shared/errors.ts';
import type { Model, ModelSource } from '../model.ts';
import type { TfGraph } from './graph.ts';

/**
 * From a TensorFlow graph to ours. What TF.js Graph models, SavedModels and TFLite have in common.
 * @throws ModelError 'unsupported' with all nodes that are not supported, 'input', 'shape', 'weights' (NaN, named), 'file-corrupt'.
 */
export function importTensorFlow(
  graph: TfGraph,
  _source: Pick<ModelSource, 'inputSize' | 'output'>,
): Omit<Model, 'format' | 'file' | 'hash'> {
  throw new ModelError('unsupported', `TensorFlow graphs (${graph.nodes.length} nodes) are not imported yet.`);
}
