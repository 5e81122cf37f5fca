import type { GraphBuilder } from '../graph/builder.ts';
import type { Model } from '../importers/model.ts';
import type { Check } from '../shared/protocol.ts';

/** Fed values that pixels of 0 and 255 become, per input channel: the box that the zB rule needs. Graph inputs [C]. */
export interface Bounds {
  low: string;
  high: string;
}

/** What a sweep starts from. All values are in the graph being built. */
export interface SweepContext {
  model: Model;
  /** [N,classes]. */
  logits: string;
  /** Weight of each logit in the scalar explained [N,classes]: 1 at the class, −1 at the one it is held against. */
  target: string;
  /** The network's input [N,C,H,W]. */
  input: string;
  bounds(): Bounds;
}

/**
 * One walk from the logits back to the input that gives a quantity at every value on the way: gradients, guided
 * gradients, relevance. Methods that name a sweep of the same id share it, at whatever layers they read it.
 */
export interface Sweep {
  id: string;
  /** What it hands down, where a method reads several: `the class`, `the other classes`. */
  label?: string;
  /**
   * Appends the sweep and returns its quantity by value of `wrt`, shaped like the value; one on which the logits do not
   * depend is absent.
   * @throws ModelError('method') naming the value where no rule exists
   */
  emit(b: GraphBuilder, context: SweepContext, wrt: readonly string[]): Map<string, string>;
  /** Its quantity follows through batch normalisation by the chain rule, so that norms may be folded into convolutions. */
  affine: boolean;
  /** Its total should stay the same from layer to layer: measured at each. */
  conserved: boolean;
  /** What the model does to it that a person should know: activations it has no rule for. */
  remarks?(model: Model): Check[];
}
