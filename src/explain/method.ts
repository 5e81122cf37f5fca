import type { GraphBuilder } from '../graph/builder.ts';
import type { Shape } from '../graph/opset.ts';
import type { MethodInfo } from '../shared/protocol.ts';

/** How a map of this method is to be read and drawn. */
export interface MapKind {
  /** Draw max(0, value): the published form. */
  relu: boolean;
  signed: boolean;
  unit: string;
}

/** What a graph method builds a map from, at one layer. */
export interface LayerValues {
  /** The layer's output [N,C,H,W]. */
  activation: string;
  /** Gradient of the class logit with respect to it, same shape. */
  gradient: string;
  shape: Shape;
}

/** A method that is more graph: its maps at all layers come from one forward and one backward sweep, shared with every other. */
export interface GraphMethod {
  family: 'graph';
  info: MethodInfo;
  kind(variant: string): MapKind;
  /** The variant whose numbers these are: variants that differ only in how they are drawn share one computation. */
  computes(variant: string): string;
  /** Appends the nodes of the map at one layer and returns its value, of H·W cells an image in row-major order. */
  emit(b: GraphBuilder, at: LayerValues, variant: string): string;
  /**
   * The map at x where only y = scale∘x + shift (per channel) is in the graph and `at` describes y: a convolution whose
   * batch normalisation was folded into it. Without this, convolutions asked for are not folded.
   */
  emitBeforeAffine?(b: GraphBuilder, at: LayerValues, shift: Float32Array): string;
  /** The map at a Concat over channels, or a sum, of values that nothing else reads is the sum of the maps at these values. */
  additive?: true;
}

/** The network's input and class, and how to ask it again. */
export interface PerturbationContext {
  /** [C,H,W] as fed. */
  input: Float32Array;
  channels: number;
  height: number;
  width: number;
  class: number;
  variant: string;
  params: Readonly<Record<string, number | string>>;
  /** Logits [n,classes] of n inputs laid out one after the other. */
  forward(batch: Float32Array, n: number): Promise<Float32Array>;
  classes: number;
  /** Probability of `class` from one row of logits. */
  probability(logits: Float32Array, row: number): number;
  batchSize: number;
  /** Called after each batch; the callee may copy the map, NaN where nothing is known yet. Throws when cancelled. */
  report(done: number, map: () => Float32Array): void;
}

/** A method that asks the network many times: streams, can be cancelled. */
export interface PerturbationMethod {
  family: 'perturbation';
  info: MethodInfo;
  kind(variant: string): MapKind;
  /** Parameters that depend on the input's size, where the person set none. */
  defaults(height: number, width: number): Record<string, number | string>;
  /** Throws ModelError('method') where parameters, each in its own range, do not go together. */
  check?(params: Readonly<Record<string, number | string>>): void;
  /** The map [H,W] at the input's resolution. */
  run(context: PerturbationContext): Promise<Float32Array>;
}

export type Method = GraphMethod | PerturbationMethod;
