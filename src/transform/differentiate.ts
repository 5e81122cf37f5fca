import type { GraphBuilder } from '../graph/builder.ts';
import type { Node, NodeOf } from '../graph/graph.ts';
import { formatShape, sameShape } from '../graph/graph.ts';
import type { OpName, Shape } from '../graph/opset.ts';
import { opOf } from '../ops/index.ts';
import type { Gradient } from '../ops/op.ts';
import { ModelError } from '../shared/errors.ts';

/** Replaces an operator's ordinary gradient (guided backpropagation, deconvnet, relevance); undefined keeps it. */
export type GradientRule = (node: Node) => Gradient<OpName> | undefined;

/**
 * Reverse-mode differentiation on the graph: appends to `b` the nodes that compute d⟨seed, output⟩ / d w for each w of
 * `wrt`, in one backward sweep over what lies between `wrt` and `output`, and nothing else.
 *
 * @param seed cotangent of `output`, same shape; for a classifier the one-hot class, so one graph serves every class
 * @returns gradient value by wrt value; values that `output` does not depend on are absent
 * @throws ModelError('method') naming the operator and value where no gradient exists
 * @see Baydin et al., Automatic differentiation in machine learning: a survey, JMLR 2018
 */
export function differentiate(
  b: GraphBuilder,
  output: string,
  seed: string,
  wrt: readonly string[],
  rule: GradientRule = () => undefined,
): Map<string, string> {
  const nodes = [...b.nodes];
  const dependent = dependents(nodes, wrt);
  const parts = new Map<string, string[]>([[output, [seed]]]);
  const gradients = new Map<string, string>();
  const gradientOf = (value: string): string | undefined => {
    const known = gradients.get(value);
    const sum = known ?? parts.get(value)?.reduce((a, c) => b.op('Add', [a, c], {}, `grad:${value}`));
    if (sum !== undefined) gradients.set(value, sum);
    return sum;
  };
  for (const node of nodes.reverse()) {
    if (!node.inputs.some((i) => dependent.has(i))) continue;
    const grads = node.outputs.map(gradientOf);
    if (grads.every((g) => g === undefined)) continue;
    const thunks = gradientRule(node, rule)({ node: node as NodeOf<OpName>, b, grad: grads[0] ?? '', grads });
    node.inputs.forEach((input, i) => {
      const thunk = thunks[i];
      if (!dependent.has(input) || thunk === null) return;
      if (!thunk) {
        refuseMissing(b, node, input);
        return;
      }
      const part = unbroadcast(b, thunk(), b.shape(input));
      parts.set(input, [...(parts.get(input) ?? []), part]);
    });
  }
  const found = wrt.map((w) => [w, gradientOf(w)] as const);
  return new Map(found.filter((entry): entry is readonly [string, string] => entry[1] !== undefined));
}

/** Values that depend on any of `wrt`, themselves included. */
function dependents(nodes: readonly Node[], wrt: readonly string[]): Set<string> {
  const set = new Set(wrt);
  for (const node of nodes) {
    if (node.inputs.some((i) => set.has(i))) for (const o of node.outputs) set.add(o);
  }
  return set;
}

/**
 * An input that depends on `wrt` and has no gradient here, such as the weight of a convolution that is computed from the
 * image: leaving its part out would give a wrong sum without a word. Operators of gradient 'none' (comparisons, shapes) have
 * none by their nature, as integers have.
 */
function refuseMissing(b: GraphBuilder, node: Node, input: string): void {
  if (opOf(node).gradient === 'none' || b.type(input).dtype !== 'float32') return;
  const output = node.outputs[0] as string;
  throw new ModelError('method', `${node.op} '${output}' has no gradient for its input '${input}', which depends on the image.`, {
    where: output,
    hint: 'Use a method that works without gradients, such as occlusion.',
  });
}

function gradientRule(node: Node, rule: GradientRule): Gradient<OpName> {
  const gradient = rule(node) ?? opOf(node).gradient;
  if (gradient !== 'none') return gradient;
  return () => [];
}

/** Sums a gradient over the axes along which its value was broadcast. */
function unbroadcast(b: GraphBuilder, grad: string, shape: Shape): string {
  const from = b.shape(grad);
  if (sameShape(from, shape)) return grad;
  const lead = from.length - shape.length;
  const axes = from.flatMap((d, axis) => (axis < lead || d !== shape[axis - lead] ? [axis] : []));
  if (lead < 0 || axes.some((axis) => axis >= lead && shape[axis - lead] !== 1)) {
    throw new ModelError('internal', `A gradient of shape ${formatShape(from)} does not fit a value of shape ${formatShape(shape)}.`);
  }
  const summed = b.op('ReduceSum', [grad], { axes, keepdims: true });
  return lead === 0 ? summed : b.op('Reshape', [summed], { shape });
}
