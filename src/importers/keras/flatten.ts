import type { Layer } from '../model.ts';
import { type CallOperand, type ImportContext, LayerCall, type LayerClass } from './layer.ts';
import { identityClasses } from './layers/identity.ts';
import { classOf } from './layers/index.ts';
import { functionClasses } from './layers/operation.ts';
import { isRef, type KerasLayer, type KerasModel, type TensorRef } from './model.ts';
import { executionOrder, type Step, stepKey } from './order.ts';
import { corrupt } from './parse.ts';
import type { Leaf } from './survey.ts';
import type { StoredWeight } from './weights.ts';

interface Flat {
  /** Graph values of the model's outputs. */
  outputs: string[];
  /** In file order. */
  layers: Layer[];
  /** Names of the layers that rescale or normalise the input itself. */
  rescaling: string[];
}

type Weights = ReadonlyMap<string, StoredWeight>;

/** Name of a layer's call (`model1#2/conv`) and path of the layer (`model1/conv`); they differ in shared layers. */
interface At {
  name: string;
  path: string;
}

/** Writes a model and the models nested in it into one graph, with path names, and keeps a record of each layer. */
export class Flattener {
  readonly #context: ImportContext;
  readonly #weights: ReadonlyMap<string, Weights>;
  readonly #position: ReadonlyMap<string, number>;
  readonly #plainNames: readonly string[];
  readonly #records: { position: number; layer: Layer }[] = [];
  /** Values that still are the image, at most rescaled. */
  readonly #pixels = new Set<string>();
  readonly #rescaling: string[] = [];

  constructor(context: ImportContext, all: readonly Leaf[], weights: ReadonlyMap<string, Weights>) {
    this.#context = context;
    this.#weights = weights;
    this.#position = new Map(all.map(({ path }, i) => [path, i]));
    this.#plainNames = all.map(({ layer }) => layer.name);
  }

  /** @param image the graph value of the image; every input stands under its own name. */
  flatten(model: KerasModel, image: string): Flat {
    this.#pixels.add(image);
    const outputs = this.#writeModel(model, { name: '', path: '' }, model.inputs);
    const layers = this.#records.sort((a, b) => a.position - b.position).map((r) => r.layer);
    return { outputs, layers, rescaling: this.#rescaling };
  }

  /** @param within prefix of the names inside: empty for the outermost model, else with a slash. */
  #writeModel(model: KerasModel, within: At, inputs: readonly string[]): string[] {
    const { steps, outputs } = executionOrder(model);
    if (inputs.length !== model.inputs.length) {
      throw corrupt(`Model '${within.path.slice(0, -1)}' is called with ${inputs.length} inputs and has ${model.inputs.length}.`);
    }
    const values = new Map<string, readonly string[]>();
    const valueAt = ({ layer, call, tensor }: TensorRef): string => {
      const value = values.get(stepKey(layer, call))?.[tensor];
      if (value === undefined) throw corrupt(`Output ${tensor} of layer '${within.path}${layer}' is read, which it does not have.`);
      return value;
    };
    for (const step of steps) {
      const { layer, call } = step;
      const at = { name: within.name + layer.name + (call > 0 ? `#${call + 1}` : ''), path: within.path + layer.name };
      const written = layer.className === 'InputLayer' ? this.#writeInput(model, step, at, inputs) : this.#writeLayer(step, at, valueAt);
      values.set(stepKey(layer.name, call), written);
    }
    return outputs.map(valueAt);
  }

  #writeInput(model: KerasModel, { layer, call }: Step, at: At, inputs: readonly string[]): string[] {
    const value = inputs[model.inputs.indexOf(layer.name)];
    if (value === undefined) throw corrupt(`Input '${at.path}' is not among the model's input_layers.`, at.path);
    if (!layer.implicit) this.#keep(layer, call, at, value);
    return [value];
  }

  #writeLayer({ layer, call, from }: Step, at: At, valueAt: (ref: TensorRef) => string): readonly string[] {
    let next = 0;
    const operands = (layer.calls[call] ?? []).map((o) => (isRef(o) ? valueAt(from[next++] as TensorRef) : o));
    if (layer.model) {
      const tensors = operands.filter((o): o is string => typeof o === 'string');
      return this.#writeModel(layer.model, { name: `${at.name}/`, path: `${at.path}/` }, tensors);
    }
    const { className, attributes } = layer;
    const weights = this.#weights.get(at.path) ?? new Map<string, StoredWeight>();
    const layerCall = new LayerCall(this.#context, { ...at, className }, attributes, { operands, options: layer.options }, weights);
    const written = (classOf(layer) as LayerClass).emit(layerCall);
    const values = typeof written === 'string' ? [written] : written;
    for (const value of values) this.#notePixels(layer, at.name, operands, value);
    this.#keep(layer, call, at, values[0] as string);
    return values;
  }

  #notePixels({ className, origin }: KerasLayer, name: string, operands: readonly CallOperand[], value: string): void {
    if (!operands.some((o) => typeof o === 'string' && this.#pixels.has(o))) return;
    // `x / 127.5 - 1`: one tensor and numbers.
    const calculates = (origin === 'operation' || Object.hasOwn(functionClasses, className)) && !operands.some((o) => isIndex(o));
    const rescales =
      className === 'Rescaling' || className === 'Normalization' || (calculates && operands.some((o) => typeof o !== 'string'));
    if (rescales) this.#rescaling.push(name);
    if (rescales || KEEP_PIXELS.has(className) || Object.hasOwn(identityClasses, className)) this.#pixels.add(value);
  }

  #keep(layer: KerasLayer, call: number, at: At, value: string): void {
    const unique = this.#plainNames.filter((n) => n === layer.name).length === 1;
    this.#records.push({
      position: this.#position.get(at.path) ?? this.#records.length,
      layer: {
        name: at.name,
        aliases: layer.name !== at.path && unique && call === 0 ? [layer.name] : [],
        kind: layer.className,
        value,
        shape: this.#context.b.shape(value),
        parameters: parameters(this.#weights.get(at.path)),
        place: { pointer: layer.pointer },
      },
    });
  }
}

const KEEP_PIXELS = new Set(
  'Resizing CenterCrop ZeroPadding2D Cropping2D Permute Reshape Concatenate GetItem SlicingOpLambda Stack Cast Resize Transpose Flip'.split(
    ' ',
  ),
);

const isIndex = (operand: CallOperand) => typeof operand === 'object' && 'parts' in operand;

function parameters(weights: Weights | undefined): number {
  let count = 0;
  for (const weight of weights?.values() ?? []) count += weight.shape.reduce((n, d) => n * d, 1);
  return count;
}
