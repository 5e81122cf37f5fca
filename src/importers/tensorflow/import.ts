import { check } from '../../graph/check.ts';
import type { Dim } from '../../graph/opset.ts';
import { prune } from '../../graph/prune.ts';
import { infer, newBuilder } from '../../ops/index.ts';
import { ModelError } from '../../shared/errors.ts';
import { mergeAffine } from '../mergeAffine.ts';
import type { ModelChoices, Network } from '../model.ts';
import { explainedOutput, type FileOutput } from '../output.ts';
import { recogniseActivations } from '../recogniseActivations.ts';
import { recogniseLayerNorm } from '../recogniseLayerNorm.ts';
import { rescalingLayers } from '../rescaling.ts';
import type { Scope } from './context.ts';
import { withDilations } from './dilation.ts';
import { foldingBudget } from './fold.ts';
import type { TfGraph } from './graph.ts';
import { modelInputs } from './input.ts';
import { layersOf } from './layers.ts';
import { asConstant, Values } from './values.ts';
import { importNodes, type Walk } from './walk.ts';

/**
 * From a TensorFlow graph to ours. What TF.js Graph models, SavedModels and TFLite have in common. The batch is kept free where
 * the graph allows; one that mixes it with other axes is imported for one image at a time.
 * @throws ModelError 'unsupported' with all nodes that are not supported, 'input', 'shape', 'weights' (NaN, named), 'file-corrupt'.
 */
export function importTensorFlow(graph: TfGraph, choices: ModelChoices): Network {
  try {
    return assemble(graph, choices, 'N');
  } catch (error) {
    const batch = graph.inputs[0]?.shape?.[0] ?? -1;
    const may = error instanceof ModelError && (error.code === 'unsupported' || error.code === 'shape') && batch <= 1;
    if (!may) throw error;
    try {
      return assemble(graph, choices, 1);
    } catch (alone) {
      // What stands in the way of one image stands in the way of many; the first says it without the detour.
      throw alone instanceof ModelError ? error : alone;
    }
  }
}

function assemble(file: TfGraph, choices: ModelChoices, batch: Dim): Network {
  const graph = withDilations(file);
  const { image, constants, answered } = modelInputs(graph, choices);
  const { tensor, ...input } = image;
  const b = newBuilder();
  const values = new Values(b);
  const reserved = new Set(graph.nodes.flatMap((n) => n.outputs));
  for (const [name, constant] of graph.constants) values.set(name, { constant });
  for (const [name, k] of constants) values.set(name, { constant: asConstant(k) });
  const value = b.input(tensor, { dtype: 'float32', shape: [batch, input.channels, input.height, input.width] });
  values.set(tensor, { value, order: input.layout === 'NHWC' ? 'NCHW' : 'picture' });
  const scope: Scope = { values, batch, reserved, folding: { left: foldingBudget(graph) } };
  const walk = importNodes(graph, scope);
  const { values: outputs, ...explained } = explainedOutput(b, outputsOf(graph, values, walk), batch, choices.output);
  const { graph: merged, values: gone } = mergeAffine(recogniseLayerNorm(recogniseActivations(prune(b.build(outputs)))));
  const final = check(merged, infer);
  const layers = layersOf(final, walk.nodes, values, gone);
  const rescaling = rescalingLayers(final, layers);
  return { graph: final, input: { ...input, value }, ...explained, layers, hints: rescaling.length > 0 ? { rescaling } : {}, answered };
}

/** The signature's outputs; one that could not be imported carries everything that is missing. */
function outputsOf(graph: TfGraph, values: Values, { failures, missing }: Walk): FileOutput[] {
  return graph.outputs.map(({ name, tensor }): FileOutput => {
    const held = values.get(tensor);
    if (missing.has(tensor)) return { name, value: undefined, channels: 1, failure: unsupported(failures) };
    if (!held || 'constant' in held || values.b.type(held.value).dtype !== 'float32') return { name, value: undefined, channels: 1 };
    return { name, value: held.value, channels: held.order === 'file' ? 3 : 1 };
  });
}

function unsupported(failures: readonly ModelError[]): ModelError {
  const all = failures.map((f) => f.message.replace(/\.$/, '')).join('; ');
  const head = failures.length === 1 ? '' : `${failures.length} nodes cannot be imported: `;
  return new ModelError('unsupported', `${head}${all}.`, {
    where: failures.map((f) => f.where ?? '').join(', '),
    hint: 'Export the model for inference with plain operators, or save it as .keras.',
  });
}
