import type { GraphBuilder } from '../../graph/builder.ts';
import { check } from '../../graph/check.ts';
import { elements, type Graph, type Tensor } from '../../graph/graph.ts';
import type { Dim } from '../../graph/opset.ts';
import { infer, newBuilder } from '../../ops/index.ts';
import { ModelError } from '../../shared/errors.ts';
import type { InputValues } from '../../shared/sidecar.ts';
import { toTensor } from '../known/known.ts';
import type { Layer, Network } from '../model.ts';
import { explainedOutput, type FileOutput } from '../output.ts';
import { Flattener } from './flatten.ts';
import { type KerasInputs, modelInputs } from './input.ts';
import type { Layout } from './layout.ts';
import type { KerasModel } from './model.ts';
import { type Leaf, layoutOf, leaves, refuseUnsupported, weightOwners } from './survey.ts';
import { matchRoles, type StoredWeight, type WeightFinder } from './weights.ts';

/** Values of one image in the largest tensor that is let through: 1 GiB of float32. */
const LARGEST_VALUE = 2 ** 28;

export interface KerasSource {
  model: KerasModel;
  /** As written in the file, `2.4.0`, `3.5.0`, `tfjs-layers 4.22.0`. */
  kerasVersion: string;
  weights: WeightFinder;
  /** Height and width where the file leaves them open. */
  inputSize: readonly [number, number] | undefined;
  /** Values of the inputs that are no image. */
  inputs?: InputValues | undefined;
  /** Name of the output to explain. */
  output: string | undefined;
}

/** From a parsed Keras config and its weights to the graph. What .keras, .h5 and TF.js Layers have in common. */
export function importKeras({ model, kerasVersion, weights, inputSize, inputs: given, output }: KerasSource): Network {
  const all = leaves(model);
  refuseUnsupported(all);
  const layout = layoutOf(all);
  const choices = { ...(inputSize && { inputSize }), ...(given && { inputs: given }) };
  const inputs = modelInputs(model, layout, choices);
  const owners = weightOwners(all);
  const stored = weights(owners);
  const matched = new Map(owners.map((owner) => [owner.path, matchRoles(owner, stored.get(owner.path) ?? [])]));
  const parts = { model, all, layout, inputs, matched, kerasVersion: /^3\./.test(kerasVersion) ? 3 : 2, output } as const;
  try {
    return assemble(parts, 'N');
  } catch (error) {
    // Given values are those of one image: where they meet the image's batch, it is one image at a time.
    const may = error instanceof ModelError && (error.code === 'unsupported' || error.code === 'shape');
    if (!may || inputs.constants.size === 0) throw error;
    return assemble(parts, 1);
  }
}

interface Parts {
  model: KerasModel;
  all: readonly Leaf[];
  layout: Layout;
  inputs: KerasInputs;
  matched: ReadonlyMap<string, ReadonlyMap<string, StoredWeight>>;
  kerasVersion: 2 | 3;
  output: string | undefined;
}

function assemble(
  { model, all, layout, inputs: { image, constants, answered }, matched, kerasVersion, output }: Parts,
  batch: Dim,
): Network {
  const b = newBuilder();
  b.input(image.value, { dtype: 'float32', shape: [batch, image.channels, image.height, image.width] });
  for (const [name, value] of constants) b.constant(name, toTensor(value) as Tensor);
  const flat = new Flattener({ b, layout, kerasVersion }, all, matched).flatten(model, image.value);
  refuseHuge(b.build([]), flat.layers);
  const { values, ...explained } = explainedOutput(b, outputsOf(model, flat.outputs, b), batch, output);
  const graph = check(b.build(values), infer);
  const modelName = ownName(model);
  return {
    graph,
    input: image,
    answered,
    ...explained,
    layers: flat.layers,
    hints: { ...(flat.rescaling.length > 0 && { rescaling: flat.rescaling }), ...(modelName !== undefined && { modelName }) },
  };
}

/** The model's name, or that of the first nested one that has more to say than Keras' own `sequential_1`. */
function ownName({ name, layers }: KerasModel): string | undefined {
  if (!/^(sequential|model|functional)_?\d*$/i.test(name)) return name;
  for (const { model } of layers) {
    const found = model && ownName(model);
    if (found !== undefined) return found;
  }
  return undefined;
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
