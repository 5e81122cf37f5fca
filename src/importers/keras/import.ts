import type { GraphBuilder } from '../../graph/builder.ts';
import { check } from '../../graph/check.ts';
import { elements, type Graph } from '../../graph/graph.ts';
import { infer, newBuilder } from '../../ops/index.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Layer, Model } from '../model.ts';
import { explainedOutput, type FileOutput } from '../output.ts';
import { Flattener } from './flatten.ts';
import { imageInput } from './input.ts';
import type { KerasModel } from './model.ts';
import { layoutOf, leaves, refuseUnsupported, weightOwners } from './survey.ts';
import { matchRoles, type WeightFinder } from './weights.ts';

/** Values of one image in the largest tensor that is let through: 1 GiB of float32. */
const LARGEST_VALUE = 2 ** 28;

export interface KerasSource {
  model: KerasModel;
  /** As written in the file, `2.4.0`, `3.5.0`, `tfjs-layers 4.22.0`. */
  kerasVersion: string;
  weights: WeightFinder;
  /** Height and width where the file leaves them open. */
  inputSize: readonly [number, number] | undefined;
  /** Name of the output to explain. */
  output: string | undefined;
}

/** From a parsed Keras config and its weights to the graph. What .keras, .h5 and TF.js Layers have in common. */
export function importKeras({ model, kerasVersion, weights, inputSize, output }: KerasSource): Omit<Model, 'format' | 'file' | 'hash'> {
  const all = leaves(model);
  refuseUnsupported(all);
  const layout = layoutOf(all);
  const input = imageInput(model, layout, inputSize);
  const owners = weightOwners(all);
  const stored = weights(owners);
  const matched = new Map(owners.map((owner) => [owner.path, matchRoles(owner, stored.get(owner.path) ?? [])]));
  const b = newBuilder();
  b.input(input.value, { dtype: 'float32', shape: ['N', input.channels, input.height, input.width] });
  const context = { b, layout, kerasVersion: /^3\./.test(kerasVersion) ? 3 : 2 } as const;
  const flat = new Flattener(context, all, matched).flatten(model, input.value);
  refuseHuge(b.build([]), flat.layers);
  const { values, ...explained } = explainedOutput(b, outputsOf(model, flat.outputs, b), 'N', output);
  const graph = check(b.build(values), infer);
  return {
    graph,
    input,
    ...explained,
    layers: flat.layers,
    hints: flat.rescaling.length > 0 ? { rescaling: flat.rescaling } : {},
  };
}

/** Only a few layers can make a tensor large without a weight of that size; their sizes come from an untrusted file. */
function refuseHuge(graph: Graph, layers: readonly Layer[]): void {
  for (const node of graph.nodes) {
    for (const value of node.outputs) {
      const shape = graph.types.get(value)?.shape ?? [];
      if (elements(shape) <= LARGEST_VALUE) continue;
      const layer = layers.find((l) => l.value === value)?.name ?? value;
      throw new ModelError('file-too-large', `Layer '${layer}' makes [${shape}], more than ${LARGEST_VALUE} values per image.`, {
        where: layer,
      });
    }
  }
}

/** The model's outputs, called by their layers. */
function outputsOf(model: KerasModel, values: readonly string[], b: GraphBuilder): FileOutput[] {
  return model.outputs.map(({ layer, call, tensor }, i) => ({
    name: `${layer}${call > 0 ? `#${call + 1}` : ''}${tensor > 0 ? `:${tensor}` : ''}`,
    value: b.type(values[i] as string).dtype === 'float32' ? values[i] : undefined,
    channels: 1,
  }));
}
