import { GraphBuilder } from '../graph/builder.ts';
import type { Graph, Node } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import { infer } from '../ops/index.ts';

/**
 * Writes activations as what they are, where a file spells them out: x·sigmoid(x) is a SiLU, x·relu6(x + 3)/6 a HardSwish, the
 * many arrangements of GELU are one. Rules of relevance and guided backpropagation then see an activation and not a product, and
 * every format of a model has the same graph.
 *
 * They are told by what they compute, not by how: every chain of element-wise operators that starts at one value and else
 * reads numbers is evaluated at SAMPLES points and compared with the activations that are known.
 */
export function recogniseActivations(graph: Graph): Graph {
  const curves = new Curves(graph);
  const instead = new Map<Node, Node>();
  for (const node of graph.nodes) {
    const found = curves.of(node).find(({ steps, values }) => steps > 1 && activationOf(values));
    if (found) instead.set(node, { ...(activationOf(found.values) as Node), inputs: [found.source], outputs: node.outputs });
  }
  if (instead.size === 0) return graph;
  const made = new Set(graph.nodes.flatMap((n) => n.outputs));
  const types = new Map([...graph.types].filter(([name]) => !made.has(name)));
  const b = new GraphBuilder(infer, { ...graph, nodes: [], types });
  for (const node of graph.nodes) b.add(instead.get(node) ?? node);
  return prune(b.build(graph.outputs));
}

/** A value as a function of another: its values at the sample points. */
interface Curve {
  source: string;
  values: Float64Array;
  /** Operators on the way. */
  steps: number;
}

/** Odd places in between, so that no two activations agree on all of them. */
const SAMPLES = Float64Array.from({ length: 41 }, (_, i) => (i - 20) * 0.39 + 0.017);
/** The longest arrangement of GELU has 9. */
const LONGEST = 12;
/** float32 constants such as 0.044715 are rounded. */
const TOLERANCE = 1e-5;

class Curves {
  readonly #graph: Graph;
  readonly #curves = new Map<string, readonly Curve[]>();

  constructor(graph: Graph) {
    this.#graph = graph;
  }

  /** The node's output as a function of values before it, the farthest first. */
  of(node: Node): readonly Curve[] {
    const f = Object.hasOwn(functions, node.op) ? functions[node.op] : undefined;
    if (!f || node.outputs.length !== 1) return [];
    const inputs = node.inputs.map((name) => this.#scalar(name) ?? this.#from(name));
    const sources = new Set(inputs.flatMap((input) => (typeof input === 'number' ? [] : input.map(({ source }) => source))));
    const curves = [...sources].flatMap((source) => curveFrom(source, node, inputs, f));
    curves.sort((a, b) => b.steps - a.steps);
    this.#curves.set(node.outputs[0] as string, curves);
    return curves;
  }

  #from(name: string): readonly Curve[] {
    return [...(this.#curves.get(name) ?? []), { source: name, values: SAMPLES, steps: 0 }];
  }

  #scalar(name: string): number | undefined {
    const tensor = this.#graph.constants.get(name);
    return tensor?.data.length === 1 && tensor.dtype === 'float32' ? (tensor.data[0] as number) : undefined;
  }
}

type Function = (node: Node, a: number, b: number) => number;

function curveFrom(source: string, node: Node, inputs: readonly (number | readonly Curve[])[], f: Function): Curve[] {
  const parts = inputs.map((input) => (typeof input === 'number' ? input : input.find((curve) => curve.source === source)));
  if (parts.includes(undefined)) return [];
  const steps = 1 + parts.reduce<number>((n, part) => n + (typeof part === 'object' ? part.steps : 0), 0);
  if (steps > LONGEST) return [];
  const at = (k: number, i: number) =>
    typeof parts[k] === 'object' ? (parts[k].values[i] as number) : ((parts[k] as number | undefined) ?? 0);
  return [{ source, steps, values: SAMPLES.map((_, i) => f(node, at(0, i), at(1, i))) }];
}

/** Good to 1.5e-7, which is enough to tell activations apart (Abramowitz and Stegun, 7.1.26). */
function erf(x: number): number {
  const t = 1 / (1 + 0.3275911 * Math.abs(x));
  const tail = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) * Math.exp(-x * x);
  return Math.sign(x) * (1 - tail);
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const clip = (x: number, min: number, max: number): number => Math.min(Math.max(x, min), max);

/** Operators of which an activation may be made. */
const functions: Partial<Record<Node['op'], Function>> = {
  Add: (_, a, b) => a + b,
  Sub: (_, a, b) => a - b,
  Mul: (_, a, b) => a * b,
  Div: (_, a, b) => a / b,
  Pow: (_, a, b) => a ** b,
  Neg: (_, a) => -a,
  Exp: (_, a) => Math.exp(a),
  Tanh: (_, a) => Math.tanh(a),
  Sigmoid: (_, a) => sigmoid(a),
  Erf: (_, a) => erf(a),
  Softplus: (_, a) => Math.log1p(Math.exp(a)),
  Relu: (_, a) => Math.max(a, 0),
  Max: (_, a, b) => Math.max(a, b),
  Min: (_, a, b) => Math.min(a, b),
  Clip: ({ attrs }, a) => clip(a, (attrs as { min: number }).min, (attrs as { max: number }).max),
  HardSigmoid: ({ attrs }, a) => clip((attrs as { alpha: number }).alpha * a + (attrs as { beta: number }).beta, 0, 1),
};

type Activation = Pick<Node, 'op' | 'attrs'>;
const known: readonly [Activation, (x: number) => number][] = [
  [{ op: 'SiLU', attrs: {} }, (x) => x * sigmoid(x)],
  [{ op: 'HardSwish', attrs: {} }, (x) => x * clip(x / 6 + 0.5, 0, 1)],
  [{ op: 'HardSigmoid', attrs: { alpha: 1 / 6, beta: 0.5 } }, (x) => clip(x / 6 + 0.5, 0, 1)],
  [{ op: 'Gelu', attrs: { approximate: 'none' } }, (x) => 0.5 * x * (1 + erf(x / Math.SQRT2))],
  [{ op: 'Gelu', attrs: { approximate: 'tanh' } }, (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)))],
  [{ op: 'Mish', attrs: {} }, (x) => x * Math.tanh(Math.log1p(Math.exp(x)))],
];

function activationOf(values: Float64Array): Activation | undefined {
  return known.find(([, f]) => values.every((v, i) => Math.abs(v - f(SAMPLES[i] as number)) <= TOLERANCE))?.[0];
}
