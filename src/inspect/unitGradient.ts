import { atRelus, type ReluRule } from '../explain/sweeps/reluRules.ts';
import { check } from '../graph/check.ts';
import { type Graph, producers } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder, opOf } from '../ops/index.ts';
import { differentiate } from '../transform/differentiate.ts';
import { foldBatchNorm } from '../transform/foldBatchNorm.ts';

/** What goes back through the network: derivatives, or what ReLUs make of them. */
export type UnitRule = 'gradient' | ReluRule;

/** The forward pass to a layer's units, and what a weighted sum of them hands back to the input. */
export interface UnitGradient {
  graph: Graph;
  /** Weight of each activation in the sum, an input shaped like `activation`: one plan serves every unit and cell. */
  seed: string;
  /** The units, [N,C,H,W] or [N,C]. */
  activation: string;
  /** At the network's input [N,C,H,W]. */
  gradient: string;
}

/**
 * Gradient at the input of Σ seed·activation. `deconvnet` is the projection of Zeiler and Fergus where the seed is the
 * activation itself at one cell and 0 elsewhere; ReLU6 counts as a ReLU, all other activations keep their derivative. Nothing
 * behind `value` is in the graph, and batch norms are folded into convolutions: every rule is linear in them.
 * @param value the units, a value of the model's graph
 * @param entry where the seed enters, of the same shape: the units, or what drives them (`driveOf`)
 * @throws ModelError('method') naming the value where the network has no gradient
 * @see Zeiler, Fergus, Visualizing and Understanding Convolutional Networks, ECCV 2014, section 2.1
 */
export function planUnitGradient(model: Model, value: string, rule: UnitRule, entry = value): UnitGradient {
  const { graph: forward } = foldBatchNorm(prune(model.graph, [value]), new Set([entry]));
  const b = newBuilder(forward);
  const { value: input } = model.input;
  const seed = b.input(b.unique('seed'), b.type(value));
  const found = differentiate(b, entry, seed, [input], rule === 'gradient' ? undefined : atRelus(rule, model, 'rectifiers', value));
  // Units that depend on nothing in the image: their gradient is 0.
  const gradient = found.get(input) ?? b.op('Mul', [input, b.scalar(0)], {});
  const outputs = [value, gradient];
  return { graph: check(prune(b.build(outputs), outputs), infer), seed, activation: value, gradient };
}

/**
 * What the activation function of a layer is given; the layer itself where it has none. A unit and its drive have the same
 * gradient but for one factor a cell, the slope: where that is 0 (ReLU6 at 6, a ReLU at 0) the drive still tells what would move it.
 */
export function driveOf({ graph }: Pick<Model, 'graph'>, value: string): string {
  const maker = producers(graph).get(value);
  const passes = maker && (maker.op === 'Identity' || opOf(maker).kind === 'activation');
  return passes ? driveOf({ graph }, maker.inputs[0] as string) : value;
}
