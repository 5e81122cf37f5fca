import type { GraphBuilder } from '../graph/builder.ts';
import { float32, type Node, type NodeOf, type Tensor } from '../graph/graph.ts';
import type { OpName } from '../graph/opset.ts';
import { add, div, mul, negativePart, positive, STEEP, scaled, shifted, sub } from '../ops/emit.ts';
import { opOf } from '../ops/index.ts';
import type { Gradient } from '../ops/op.ts';
import { ModelError } from '../shared/errors.ts';
import { differentiate } from './differentiate.ts';
import type { LinearUnit } from './linearUnit.ts';
import { maxPoolShared } from './maxPoolShared.ts';
import { type NetworkFacts, networkFacts } from './networkFacts.ts';
import { type Composite, type Modifier, type Part, type Stabiliser, type Term, whole } from './relevanceRule.ts';

/** Constant images of the smallest and largest value of each input channel, shaped like the input: made when asked. */
export type BoundImages = (side: 'low' | 'high') => string;

/**
 * Layer-wise relevance propagation on the graph: appends to `b` the nodes that hand `start`, the relevance of the logits,
 * down to each value of `wrt`. Rules speak of kinds of operators, never of operators: a linear layer is emitted again with
 * modified weights and takes its ordinary gradient, so rules and operators add up instead of multiplying.
 *
 * Activations pass relevance on; in a product of a signal and a gate all of it goes to the signal.
 *
 * @returns relevance by value, shaped like it; values the logits do not depend on are absent
 * @throws ModelError('method') naming the value of an operator that has no rule
 * @see Bach et al., On Pixel-Wise Explanations for Non-Linear Classifier Decisions by Layer-Wise Relevance Propagation, PLoS ONE 2015
 * @see Montavon et al., Layer-Wise Relevance Propagation: An Overview, 2019, table 10.1
 */
export function propagateRelevance(
  b: GraphBuilder,
  { logits, input, start, composite, bounds }: { logits: string; input: string; start: string; composite: Composite; bounds: BoundImages },
  wrt: readonly string[],
): Map<string, string> {
  const facts = networkFacts(b, input, logits);
  const context: Context = { b, facts, composite, bounds };
  return differentiate(b, logits, start, wrt, (node) => ruleOf(context, node));
}

interface Context {
  b: GraphBuilder;
  facts: NetworkFacts;
  composite: Composite;
  bounds: BoundImages;
}

function ruleOf(context: Context, node: Node): Gradient<OpName> | undefined {
  const { facts } = context;
  const moving = node.inputs.flatMap((input, i) => (facts.depends.has(input) ? [i] : []));
  switch (opOf(node).kind) {
    case 'linear':
      return linear(context, node, moving);
    case 'norm':
    case 'activation':
      return through(0);
    case 'sum':
      return moving.length === 1 ? through(moving[0] as number) : (grads) => sum(context, node, grads.grad);
    case 'product':
      return moving.length === 1 ? through(moving[0] as number) : through(signalOf(context, node));
    case 'pool-mean':
      return (grads) => [() => pool(context, node, grads.grad)];
    case 'pool-max':
      return context.composite.ties === 'shared' ? maxPoolShared(node) : undefined;
    case 'shape':
      return undefined;
    default:
      throw noRule(node);
  }
}

/** All relevance to one input, as it is. */
function through(index: number): Gradient<OpName> {
  return ({ node, grad }) => node.inputs.map((_, i) => (i === index ? () => grad : null));
}

function noRule(node: Node): ModelError {
  const output = node.outputs[0] as string;
  return new ModelError('method', `${node.op} '${output}' has no relevance rule.`, {
    where: output,
    hint: 'Gradient and perturbation methods work on this model: Grad-CAM, saliency, occlusion, RISE.',
  });
}

function signalOf({ facts }: Context, node: Node): number {
  const gates = node.inputs.map((input) => facts.isGate(input, node));
  const [first, second] = gates;
  if (node.op !== 'Mul' || first === second) throw noRule(node);
  return first ? 1 : 0;
}

/** R_a = a/(a+b)·R. */
function sum({ b, facts, composite }: Context, node: Node, relevance: string): ((() => string) | null)[] {
  const output = node.outputs[0] as string;
  // Relevance that comes through a ReLU is 0 where the sum is not positive: no need to look for sums of 0.
  const settled = composite.sums.kind === 'exact' && facts.onlyIntoRelu.has(output) ? 1 : undefined;
  const ratio = () => divided(b, relevance, output, composite.sums, settled);
  return node.inputs.map((input, i) => () => {
    const share = mul(b, input, ratio());
    return node.op === 'Sub' && i === 1 ? b.op('Neg', [share], {}) : share;
  });
}

/** R_i = x_i·∂y/∂x_i·R/y. */
function pool({ b, facts, composite }: Context, node: Node, relevance: string): string {
  const [x] = node.inputs as [string];
  const clamp = composite.positivePools && !facts.nonNegative.has(x);
  const part = clamp ? b.op('Relu', [x], {}) : x;
  const again = { ...node, inputs: [part, ...node.inputs.slice(1)] } as Node;
  const y = clamp ? emitAgain(b, again) : (node.outputs[0] as string);
  const known = clamp || facts.nonNegative.has(x) ? 1 : undefined;
  const ratio = divided(b, relevance, y, composite.sums, known);
  return mul(b, part, gradientAt(b, again, 0, ratio));
}

function linear(context: Context, node: Node, moving: readonly number[]): Gradient<OpName> {
  const { b, facts, composite } = context;
  const unit = facts.linearUnit(node, composite.norm);
  if (!unit || moving.length !== 1 || moving[0] !== unit.x) throw noRule(node);
  const rule = composite.linear.find(([place]) => facts.stands(node, place))?.[1];
  if (!rule) throw noRule(node);
  return ({ grad }) =>
    node.inputs.map((_, i) =>
      i === unit.x
        ? () =>
            total(
              b,
              rule.parts.flatMap((part) => shareOut(context, unit, part, rule.stabiliser, grad)),
            )
        : null,
    );
}

function total(b: GraphBuilder, values: readonly string[]): string {
  return values.reduce((sum, next) => add(b, sum, next));
}

/** Relevance of one part, term by term. */
function shareOut(context: Context, unit: LinearUnit, part: Part, stabiliser: Stabiliser, relevance: string): string[] {
  const { b } = context;
  const terms = part.terms.flatMap((term) => {
    const x = inputOf(context, unit, term.input);
    return x === undefined ? [] : [{ ...term, x, node: withWeight(b, unit, x, term.weight) }];
  });
  const z = denominator(context, unit, part, terms, stabiliser);
  const gated = part.where === undefined ? relevance : mul(b, relevance, signMask(b, unit.output, part.where));
  const share = scaled(b, gated, part.share);
  const ratio = part.denominator === undefined ? divided(b, share, z, stabiliser, undefined) : div(b, share, z);
  return terms.map(({ x, node, factor }) => {
    const received = mul(b, x, gradientAt(b, node, unit.x, ratio));
    return factor === -1 ? b.op('Neg', [received], {}) : received;
  });
}

/** A term with its x′ and the layer that multiplies it. */
type EmittedTerm = Term & { x: string; node: Node };

/** z′ of one part. What keeps it from 0 is added with the bias where its sign is settled: that costs no pass over memory. */
function denominator({ b }: Context, unit: LinearUnit, part: Part, terms: readonly EmittedTerm[], stabiliser: Stabiliser): string {
  const [only] = part.terms;
  const [first, ...rest] = terms;
  if (!first) throw new Error('a rule without terms');
  const offset = (part.denominator ?? 0) * (stabiliser.kind === 'epsilon' ? stabiliser.value : tiny);
  // The layer's own output, where the rule changes nothing.
  const unchanged = part.terms.length === 1 && only?.input === 'all' && only.weight.id === whole.id && part.bias?.id === whole.id;
  if (unchanged && offset === 0) return unit.output;
  // Large products that cancel would swallow the offset, and rounding leave them on the wrong side of 0.
  const cancels = terms.some(({ factor }) => factor === -1);
  const head = withBias(b, first.node, biasOf(b, unit, part.bias, cancels ? 0 : offset));
  const z = rest.reduce((sum, { node, factor }) => (factor === -1 ? sub : add)(b, sum, emitAgain(b, node)), head);
  return cancels && offset > 0 ? shifted(b, b.op('Relu', [z], {}), offset) : z;
}

/** A product with a bias [outputs] added: in the operator itself where it has room for one. */
function withBias(b: GraphBuilder, node: Node, bias: string | undefined): string {
  if (bias === undefined) return emitAgain(b, node);
  if (node.op === 'MatMul') return add(b, emitAgain(b, node), bias);
  return b.op(node.op, [...node.inputs, bias], node.attrs as never);
}

/** x′: undefined where that part of x is empty. */
function inputOf({ b, facts, bounds }: Context, { input }: LinearUnit, part: Term['input']): string | undefined {
  if (part === 'low' || part === 'high') return facts.replayed(input, bounds(part), part);
  if (part === 'all') return input;
  if (facts.nonNegative.has(input)) return part === 'positive' ? input : undefined;
  return part === 'positive' ? b.op('Relu', [input], {}) : negativePart(b, input);
}

/** The layer with modified weights, no bias, and x′ for x. */
function withWeight(b: GraphBuilder, unit: LinearUnit, x: string, modifier: Modifier): Node {
  const weight = changed(b, `${unit.weightName}:${modifier.id}`, unit.weight, modifier);
  const inputs = unit.x === 0 ? [x, weight] : [weight, x];
  return { ...unit.bare, inputs, outputs: [] } as unknown as Node;
}

/** Modified bias plus an offset, one value an output channel; undefined where both are nothing. */
function biasOf(
  b: GraphBuilder,
  { bias, outputs, biasName, output }: LinearUnit,
  modifier: Modifier | undefined,
  offset: number,
): string | undefined {
  const own = modifier && bias ? modifier : undefined;
  if (!own && offset === 0) return undefined;
  const source = () => (own && bias ? bias() : float32([outputs], new Float32Array(outputs)));
  const id = `${own ? biasName : output}:${own?.id ?? 'none'}+${offset}`;
  return changed(b, id, source, { id, of: (v) => (own?.of(v) ?? 0) + offset });
}

/** A constant with every value modified, made once. */
function changed(b: GraphBuilder, name: string, source: () => Tensor, { of }: Modifier): string {
  if (b.constants.has(name)) return name;
  const { shape, data } = source();
  return b.constant(name, float32(shape, (data as Float32Array).map(of)));
}

function emitAgain(b: GraphBuilder, { op, inputs, attrs }: Node): string {
  return b.op(op, inputs, attrs as never);
}

/** The ordinary gradient of a node for input `index`, given that of its output. */
function gradientAt(b: GraphBuilder, node: Node, index: number, grad: string): string {
  const { gradient } = opOf(node);
  const thunk = gradient === 'none' ? undefined : gradient({ node: node as NodeOf<OpName>, b, grad, grads: [grad] })[index];
  if (!thunk) throw noRule(node);
  return thunk();
}

/** Smallest number that still divides a relevance of usual size without reaching infinity. */
const tiny = 1e-16;

/** R/z. `sign`: that of z where it is settled; there z = 0 means that the numerators are 0 too. */
function divided(b: GraphBuilder, relevance: string, z: string, stabiliser: Stabiliser, sign: 1 | -1 | undefined): string {
  if (stabiliser.kind === 'epsilon') return div(b, relevance, stabilised(b, z, stabiliser.value, sign));
  if (sign !== undefined) return div(b, relevance, shifted(b, z, sign * tiny));
  const zero = b.op('Cast', [b.op('Equal', [z, b.scalar(0)], {})], { to: 'float32' });
  return div(b, mul(b, relevance, sub(b, b.scalar(1), zero)), add(b, z, zero));
}

function stabilised(b: GraphBuilder, z: string, epsilon: number, sign: 1 | -1 | undefined): string {
  if (sign !== undefined) return shifted(b, z, sign * epsilon);
  return add(b, z, shifted(b, scaled(b, atLeastZero(b, z), 2 * epsilon), -epsilon));
}

/** The mask 1 where x ≥ 0, else 0. */
function atLeastZero(b: GraphBuilder, x: string): string {
  return b.op('HardSigmoid', [x], { alpha: STEEP, beta: 1 });
}

function signMask(b: GraphBuilder, z: string, sign: 'positive' | 'negative'): string {
  return sign === 'positive' ? positive(b, z) : sub(b, b.scalar(1), atLeastZero(b, z));
}
