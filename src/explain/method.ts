import type { GraphBuilder } from '../graph/builder.ts';
import type { Shape } from '../graph/opset.ts';
import type { Model } from '../importers/model.ts';
import type { ModelError } from '../shared/errors.ts';
import type { Check, MethodInfo } from '../shared/protocol.ts';
import type { Sweep } from './sweep.ts';

export type Params = Readonly<Record<string, number | string>>;

/** How a map of this method is to be read and drawn. */
export interface MapKind {
  /** Draw max(0, value): the published form. */
  relu: boolean;
  signed: boolean;
  unit: string;
}

/** What a graph method builds a map from, at one layer. */
export interface LayerValues {
  model: Model;
  /** The layer's output [N,C,H,W]; the network's input where the map is of the input. */
  activation: string;
  shape: Shape;
  /** The network's input [N,C,H,W]. */
  input: string;
  /** [N,classes]. */
  logits: string;
  /** Weight of each logit in the scalar explained [N,classes]. */
  target: string;
  /** A sweep's quantity at this layer, shaped like `activation`; it must be one of the method's `sweeps`. */
  swept(sweep: Sweep): string;
  /** A sweep's quantity at the input; it must be one of the method's `inputSweeps`. */
  sweptAtInput(sweep: Sweep): string;
}

interface Described {
  info: MethodInfo;
  kind(variant: string): MapKind;
  /** Why it cannot explain this model, as far as its structure tells; undefined: nothing speaks against it. */
  refuses?(model: Model): ModelError | undefined;
  /** Throws ModelError('method') where parameters, each in its own range, do not go together. */
  check?(params: Params): void;
}

/** A method that is more graph: its maps at all layers come from one forward pass and the sweeps it names, shared with every other. */
export interface GraphMethod extends Described {
  family: 'graph';
  /** The variant whose numbers these are: variants that differ only in how they are drawn share one computation. */
  computes(variant: string): string;
  /** Sweeps read at the layer of the map. */
  sweeps(variant: string, params: Params): readonly Sweep[];
  /** Sweeps read at the input, for a map at another layer. */
  inputSweeps?(variant: string, params: Params): readonly Sweep[];
  /** Appends the nodes of the map at one layer and returns its value, of H·W cells an image in row-major order. */
  emit(b: GraphBuilder, at: LayerValues, variant: string, params: Params): string;
  /** The map stands at the input whatever layer it reads (Guided Grad-CAM): [H,W] of the input. */
  drawnAtInput?: true;
  /**
   * Name of the one layer it can be drawn at (CAM): a request for another gets the map there, and the map says so. A plan
   * that asks for another is refused.
   * @throws ModelError what `refuses` would say
   */
  onlyLayer?(model: Model): string;
  /** What the model does to the map that a person should know, besides what the sweeps say. */
  remarks?(model: Model): Check[];
  /**
   * The map at x where only y = scale∘x + shift (per channel) is in the graph and `at` describes y: a convolution whose
   * batch normalisation was folded into it. Without this, convolutions asked for are not folded.
   */
  emitBeforeAffine?(b: GraphBuilder, at: LayerValues, shift: Float32Array, variant: string): string;
  /**
   * Its numbers jump where a gradient changes its sign (Grad-CAM++ counts the positive ones), so that even rounding shows:
   * batch norms stay as they are in a plan that holds it.
   */
  keepsNorms?: true;
  /** The map at a Concat over channels, or a sum, of values that nothing else reads is the sum of the maps at these values. */
  additive?: true;
}

/** What a perturbation or sampling method is told of the network and its input. */
export interface Subject {
  /** [C,H,W] as fed. */
  input: Float32Array;
  /** Fed value of a black pixel [C]. */
  black: ArrayLike<number>;
  channels: number;
  height: number;
  width: number;
  variant: string;
  params: Params;
  /** Output of the layer asked for, [channels,height,width]: where the method `readsLayer`. */
  activation?: { values: Float32Array; channels: number; height: number; width: number };
}

/** The scalar explained at the inputs asked about: a logit or a probability, as the method's `score` says. */
export interface Scores {
  /** Of the image as it is. */
  whole: number;
  /** Of perturbed input number i. */
  of(i: number): number;
}

/** A rectangle of an input that is fed one value in all channels, in pixels. */
export interface Patch {
  y: number;
  x: number;
  height: number;
  width: number;
  value: number;
}

/** Inputs to ask the network about, and the map that follows. Knows no class: its answers serve every class. */
export interface Perturbation {
  /** Tells its inputs from others of the method at the same image and layer; of two with one key the shorter list begins the longer. */
  key: string;
  count: number;
  /** Writes perturbed input number i, [C,H,W]. */
  fill(i: number, into: Float32Array): void;
  /** Where each input differs from the image, if that is one rectangle: its answer can then be had from that part alone. */
  patches?: readonly Patch[];
  height: number;
  width: number;
  /** The map [height,width] from the first `done` answers; NaN where nothing is known yet. */
  map(scores: Scores, done: number): Float32Array;
  /** How sure the map is so far. */
  checks?(scores: Scores, done: number): Check[];
}

/** A method that asks the network many times: streams, can be cancelled and resumed, one run serves every class. */
export interface PerturbationMethod extends Described {
  family: 'perturbation';
  /** Parameters that depend on the input's size, where the person set none. */
  defaults(height: number, width: number): Params;
  /** What of the target the method reads. */
  score(variant: string): 'logit' | 'probability';
  readsLayer?: true;
  /** How to ask the network less often, an imperative sentence. */
  fewer: string;
  prepare(subject: Subject): Perturbation;
}

/** Inputs whose gradients make the map: one class's. */
export interface Sampling {
  count: number;
  /** Writes input number i, [C,H,W]. */
  fill(i: number, into: Float32Array): void;
  /** Takes the gradient [C,H,W] of the target at input i, and the target's value there. */
  add(i: number, gradient: Float32Array, score: number): void;
  /** The map [H,W] from what was added so far. */
  map(): Float32Array;
  checks?(): Check[];
}

/** A method that averages gradients over many inputs: streams and can be cancelled. */
export interface SamplingMethod extends Described {
  family: 'sampling';
  defaults(height: number, width: number): Params;
  prepare(subject: Subject): Sampling;
}

export type Method = GraphMethod | PerturbationMethod | SamplingMethod;
