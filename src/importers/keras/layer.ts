import type { GraphBuilder } from '../../graph/builder.ts';
import { float32, type Tensor } from '../../graph/graph.ts';
import type { OpAttrs, OpName, Shape } from '../../graph/opset.ts';
import { ModelError } from '../../shared/errors.ts';
import type { Attributes } from './attributes.ts';
import type { JsonObject } from './json.ts';
import { graphAxis, type Layout } from './layout.ts';
import type { Constant } from './model.ts';
import type { StoredWeight, WeightRole } from './weights.ts';

/** What a layer class is to the importer. */
export interface LayerClass {
  /** Weights in Keras' order. */
  weights?(attributes: Attributes): readonly WeightRole[];
  /** Groups of Keras 3's weight files that hold them, in that order, where the layer is made of layers. */
  parts?: readonly string[];
  /** Appends the layer's nodes and returns the value of its output, or of each; the last node takes the layer's name. */
  emit(layer: LayerCall): string | readonly string[];
  /** Why a layer of this class cannot be imported, from its config alone. */
  refuses?(attributes: Attributes, options: JsonObject): string | undefined;
}

/** A graph value, or a constant of the file. */
export type CallOperand = string | Constant;

/** What all calls of one import share. */
export interface ImportContext {
  b: GraphBuilder;
  layout: Layout;
  /** Keras 3 differs from 2 in a few activations; TF.js follows 2. */
  kerasVersion: 2 | 3;
}

/** One call of one layer: its inputs, attributes and weights, and a pen that names what it writes after the layer. */
export class LayerCall {
  readonly context: ImportContext;
  /** Path name, with `#2` for the second call of a shared layer. */
  readonly name: string;
  /** Path name without the call, which weights go by. */
  readonly path: string;
  readonly className: string;
  readonly attributes: Attributes;
  /** What it is called with. */
  readonly operands: readonly CallOperand[];
  /** Keyword arguments of its calls that are no data. */
  readonly options: JsonObject;
  readonly #weights: ReadonlyMap<string, StoredWeight>;

  constructor(
    context: ImportContext,
    at: { name: string; path: string; className: string },
    attributes: Attributes,
    called: { operands: readonly CallOperand[]; options: JsonObject },
    weights: ReadonlyMap<string, StoredWeight>,
  ) {
    this.context = context;
    this.name = at.name;
    this.path = at.path;
    this.className = at.className;
    this.attributes = attributes;
    this.operands = called.operands;
    this.options = called.options;
    this.#weights = weights;
  }

  /** The same call with other attributes and operands. */
  as(attributes: Attributes, operands: readonly CallOperand[]): LayerCall {
    return new LayerCall(this.context, this, attributes, { operands, options: this.options }, this.#weights);
  }

  get b(): GraphBuilder {
    return this.context.b;
  }

  /** The only input. */
  get input(): string {
    const [value, ...rest] = this.operands;
    if (typeof value !== 'string' || rest.length > 0)
      throw this.unsupported(`is called with ${this.operands.length} inputs, expected one tensor`);
    return value;
  }

  get shape(): Shape {
    return this.b.shape(this.input);
  }

  /** Sizes of an image input [N,C,H,W]. */
  get image(): { channels: number; height: number; width: number } {
    const [, channels, height, width] = this.shape;
    if (this.shape.length !== 4) throw this.misfit(`needs an image, its input has shape [${this.shape}]`);
    return { channels: channels as number, height: height as number, width: width as number };
  }

  /** Adds a node: the layer's output, or with `role` a step on the way to it, named `LAYER:role`. */
  op<O extends OpName>(op: O, inputs: readonly string[], attrs: OpAttrs[O], role?: string): string {
    return this.b.op(op, inputs, attrs, role === undefined ? this.name : `${this.name}:${role}`);
  }

  /** Axis of the graph value for an axis in the file's order. */
  axis(fileAxis: number, rank = this.shape.length): number {
    const axis = graphAxis(this.context.layout, rank, fileAxis);
    if (!(axis >= 0 && axis < rank)) throw this.misfit(`has axis ${fileAxis} for an input with ${rank} axes`);
    return axis;
  }

  has(role: string): boolean {
    return this.#weights.has(role);
  }

  shapeOf(role: string): readonly number[] {
    return this.#weights.get(role)?.shape ?? [];
  }

  /** Values of a weight, whose shape must be `shape`. To be read at once: it may be a view into memory that the next weight takes. */
  weight(role: string, shape: readonly number[]): Float32Array {
    const stored = this.#stored(role, shape);
    return this.#finite(stored, stored.read());
  }

  /** The same to be kept. */
  ownWeight(role: string, shape: readonly number[]): Float32Array {
    const stored = this.#stored(role, shape);
    return this.#finite(stored, stored.copy?.() ?? stored.read().slice());
  }

  #stored(role: string, shape: readonly number[]): StoredWeight {
    const stored = this.#weights.get(role);
    if (!stored) throw this.misfit(`has no weight '${role}'`);
    if (stored.shape.length !== shape.length || stored.shape.some((d, i) => d !== shape[i])) {
      throw new ModelError('weights', `${this.label}: weight '${stored.name}' has shape [${stored.shape}], the layer needs [${shape}].`, {
        where: this.path,
        hint: 'Save topology and weights of the model again, together.',
      });
    }
    return stored;
  }

  #finite(stored: StoredWeight, values: Float32Array): Float32Array {
    const bad = firstNotFinite(values);
    if (bad >= 0) {
      throw new ModelError('weights', `${this.label}: weight '${stored.name}' holds ${values[bad]} (element ${bad} of ${values.length}).`, {
        where: this.path,
        hint: 'The training has probably diverged; use an earlier checkpoint.',
      });
    }
    return values;
  }

  /** A constant of the layer, made once however often the layer is called. */
  constant(role: string, make: () => Tensor): string {
    const name = `${this.path}/${role}`;
    return this.b.constants.has(name) ? name : this.b.constant(name, make());
  }

  /** A weight with one axis, copied out of the file. */
  vector(role: string, length: number): string {
    return this.constant(role, () => float32([length], this.ownWeight(role, [length])));
  }

  get label(): string {
    return `Layer '${this.path}' (${this.className})`;
  }

  unsupported(what: string, hint = 'Glassbox cannot explain models with this layer yet.'): ModelError {
    return new ModelError('unsupported', `${this.label} ${what}.`, { where: this.path, hint });
  }

  misfit(what: string): ModelError {
    return new ModelError('shape', `${this.label} ${what}.`, { where: this.path });
  }
}

/** Index of the first NaN or infinity; −1 if there is none. */
function firstNotFinite(values: Float32Array): number {
  // v − v is 0 for finite numbers only; adding it up needs no branch, and four sums do not wait for one another.
  let [a, b, c, d] = [0, 0, 0, 0];
  const fours = values.length - (values.length % 4);
  for (let i = 0; i < fours; i += 4) {
    a += (values[i] as number) - (values[i] as number);
    b += (values[i + 1] as number) - (values[i + 1] as number);
    c += (values[i + 2] as number) - (values[i + 2] as number);
    d += (values[i + 3] as number) - (values[i + 3] as number);
  }
  for (let i = fours; i < values.length; i++) a += (values[i] as number) - (values[i] as number);
  return a + b + c + d === 0 ? -1 : values.findIndex((v) => !Number.isFinite(v));
}
