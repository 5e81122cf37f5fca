import { readLinearly } from '../explain/linearHead.ts';
import { check } from '../graph/check.ts';
import { type Graph, type Node, typeOf } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { ModelError } from '../shared/errors.ts';
import { differentiate } from '../transform/differentiate.ts';
import { foldBatchNorm } from '../transform/foldBatchNorm.ts';

/** What the logits make of units that they read linearly: of no image. */
export interface UnitWeights {
  graph: Graph;
  /** Which units, an input shaped like them, [N,C,H,W] or [N,C]: 1 at all cells of one. */
  units: string;
  /** Weight in each logit of the unit, or of its mean over positions, [N,classes]. */
  weights: string;
}

/**
 * W[·,k] of z = W·m + b, where the logits z are an affine function of the units' means m over positions and of nothing else;
 * undefined where they are not. Neither bias nor image enter, so that nothing is lost in a difference: the derivative of the
 * logits by the units is a linear function of the cotangent of the logits, and its derivative in turn is W.
 */
export function planUnitWeights(model: Model, value: string): UnitWeights | undefined {
  if (!readLinearly(model, value)) return undefined;
  const b = newBuilder(prune(model.graph, [model.logits]));
  const seed = b.input(b.unique('class'), b.type(model.logits));
  const units = b.input(b.unique('units'), b.type(value));
  const gradient = differentiate(b, model.logits, seed, [value]).get(value) as string;
  const found = differentiate(b, gradient, units, [seed]).get(seed) as string;
  // The logits' own weights are the input itself, which is no output of a graph.
  const weights = b.op('Identity', [found], {});
  const graph = prune(b.build([weights]), [weights]);
  return { graph: check({ ...graph, inputs: new Map([[units, b.type(units)]]) }, infer), units, weights };
}

/** The network with a switch for every unit of a layer. */
export interface UnitSwitches {
  graph: Graph;
  /** Factor of each unit at all its cells, an input [N,C,1,1] or [N,C]. */
  mask: string;
  logits: string;
}

/**
 * The forward pass in which everything that reads `value` [N,C,H,W] or [N,C] reads value·mask.
 * @throws ModelError('method') where the logits do not depend on the value
 */
export function planUnitSwitches(model: Model, value: string): UnitSwitches {
  const { graph } = foldBatchNorm(prune(model.graph, [model.logits]), new Set([value]));
  if (!graph.types.has(value)) {
    throw new ModelError('method', `No class depends on '${value}': it lies beside or behind the logits.`, {
      file: model.file,
      where: value,
      hint: 'Choose a layer on the way to the logits.',
    });
  }
  const b = newBuilder();
  for (const [name, type] of graph.inputs) b.input(name, type);
  for (const [name, tensor] of graph.constants) b.constant(name, tensor);
  const { dtype, shape } = typeOf(graph, value);
  const mask = b.input(uniqueIn(graph, 'mask'), { dtype, shape: perUnit(shape) });
  let masked: string | undefined;
  const read = (name: string) => {
    if (name !== value) return name;
    masked ??= b.op('Mul', [value, mask], {}, uniqueIn(graph, 'masked'));
    return masked;
  };
  for (const node of graph.nodes) b.add({ ...node, inputs: node.inputs.map(read) } as Node);
  const logits = read(model.logits);
  return { graph: check(prune(b.build([logits]), [logits]), infer), mask, logits };
}

/** [N,C] or [N,C,1,1]. */
function perUnit(shape: Shape): Shape {
  return shape.map((size, axis) => (axis < 2 ? size : 1));
}

/** A name that no value of the graph has: its nodes are added later, under their own. */
function uniqueIn(graph: Graph, name: string): string {
  return graph.types.has(name) ? uniqueIn(graph, `${name}'`) : name;
}
