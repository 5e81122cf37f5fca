import { GraphBuilder } from '../graph/builder.ts';
import { consumers, float32, type Graph, type Node, typeOf } from '../graph/graph.ts';
import { prune } from '../graph/prune.ts';
import { infer } from '../ops/index.ts';

/**
 * Writes a layer normalisation as what it is, where a file spells it out: means, differences, a root, and what follows of scale
 * and shift. As for activations, it is told by what it computes: whatever is made of one value by element-wise operators,
 * means over its channels and constants is evaluated for vectors of channels, and compared.
 */
export function recogniseLayerNorm(graph: Graph): Graph {
  const readers = consumers(graph);
  const instead = new Map<string, Norm>();
  for (const node of graph.nodes) {
    if (node.op !== 'ReduceMean' || node.attrs.axes.length !== 1 || !node.attrs.keepdims) continue;
    const found = normFrom(graph, readers, node.inputs[0] as string, node.attrs.axes[0] as number);
    if (found) instead.set(found.output, found);
  }
  return instead.size === 0 ? graph : rewritten(graph, instead);
}

interface Norm {
  source: string;
  axis: number;
  output: string;
  epsilon: number;
  scale: Float32Array;
  shift: Float32Array;
}

/** Vectors of channels: two to find scale and shift, one to see whether they hold. */
const VECTORS = 3;
/** The longest arrangement has 12. */
const LONGEST = 16;
const TOLERANCE = 1e-4;

/** One number per channel, or one for all, for each of the vectors. */
type Values = readonly Float64Array[];

/** The last value made of `source` alone that is its normalisation along `axis`; undefined: none is. */
function normFrom(graph: Graph, readers: ReadonlyMap<string, Node[]>, source: string, axis: number): Norm | undefined {
  const { shape } = typeOf(graph, source);
  const size = shape[axis];
  const last = axis === shape.length - 1 || (shape.length === 4 && axis === 1);
  if (typeof size !== 'number' || size < 2 || !last) return undefined;
  const known = new Map<string, Values>([[source, Array.from({ length: VECTORS }, (_, k) => vector(size, k))]]);
  const epsilons = new Set<number>();
  const queue = [...(readers.get(source) ?? [])];
  let found: Norm | undefined;
  for (let steps = 0; queue.length > 0 && steps < LONGEST * 4; steps++) {
    const node = queue.shift() as Node;
    const [output] = node.outputs as [string];
    if (known.has(output) || known.size > LONGEST) continue;
    const values = evaluate(graph, node, known, { axis, size, rank: shape.length }, epsilons);
    if (!values) continue;
    known.set(output, values);
    queue.push(...(readers.get(output) ?? []));
    for (const epsilon of epsilons) {
      const affine = values[0]?.length === size && affineOf(known.get(source) as Values, values, epsilon);
      if (affine) found = { source, axis, output, epsilon, ...affine };
    }
  }
  return found;
}

/** Numbers without a pattern, in −2..2. */
function vector(size: number, k: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => 2 * Math.sin(12.9898 * (i + 1) + 78.233 * (k + 1) + 0.37 * k * i));
}

interface Along {
  axis: number;
  size: number;
  rank: number;
}

function evaluate(graph: Graph, node: Node, known: ReadonlyMap<string, Values>, along: Along, epsilons: Set<number>): Values | undefined {
  if (node.op === 'ReduceMean' || node.op === 'ReduceSum') {
    if (node.attrs.axes.join() !== String(along.axis) || !node.attrs.keepdims) return undefined;
    return known.get(node.inputs[0] as string)?.map((v) => {
      const sum = v.reduce((s, x) => s + x, 0) * (along.size / v.length);
      return Float64Array.of(node.op === 'ReduceMean' ? sum / along.size : sum);
    });
  }
  const f = Object.hasOwn(functions, node.op) ? functions[node.op] : undefined;
  if (!f) return undefined;
  const inputs = node.inputs.map((name) => known.get(name) ?? constant(graph, name, along));
  if (inputs.includes(undefined)) return undefined;
  const [a, b] = inputs as [Values, Values | undefined];
  const only = node.op === 'Add' && b?.[0]?.length === 1 && graph.constants.has(node.inputs[1] as string) ? b[0][0] : undefined;
  if (only !== undefined && only > 0 && only < 1) epsilons.add(only);
  return a.map((x, k) => {
    const y = b?.[k] ?? Float64Array.of(0);
    const at = (v: Float64Array, i: number) => (v.length === 1 ? v[0] : v[i]) as number;
    return Float64Array.from({ length: Math.max(x.length, y.length) }, (_, i) => f(at(x, i), at(y, i)));
  });
}

const functions: Partial<Record<Node['op'], (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Pow: (a, b) => a ** b,
  Neg: (a) => -a,
  Sqrt: (a) => Math.sqrt(a),
  Identity: (a) => a,
};

/** A scalar, or one number per channel. */
function constant(graph: Graph, name: string, { axis, size, rank }: Along): Values | undefined {
  const tensor = graph.constants.get(name);
  if (tensor?.dtype !== 'float32' || tensor.shape.length > rank) return undefined;
  const padded = [...new Array<number>(rank - tensor.shape.length).fill(1), ...tensor.shape];
  if (padded.some((d, k) => d !== 1 && (k !== axis || d !== size))) return undefined;
  return new Array<Float64Array>(VECTORS).fill(Float64Array.from(tensor.data as Float32Array));
}

/** scale·x̂ + shift = y per channel, from two vectors; undefined where the third disagrees. */
function affineOf(x: Values, y: Values, epsilon: number): Pick<Norm, 'scale' | 'shift'> | undefined {
  const [a, b, c] = x.map((v) => standardised(v, epsilon)) as [Float64Array, Float64Array, Float64Array];
  const [p, q, r] = y as [Float64Array, Float64Array, Float64Array];
  const scale = p.map((v, i) => (v - (q[i] as number)) / ((a[i] as number) - (b[i] as number)));
  const shift = p.map((v, i) => v - (scale[i] as number) * (a[i] as number));
  const largest = r.reduce((m, v) => Math.max(m, Math.abs(v)), 1e-6);
  const fits = r.every((v, i) => Math.abs((scale[i] as number) * (c[i] as number) + (shift[i] as number) - v) <= TOLERANCE * largest);
  return fits ? { scale: Float32Array.from(scale), shift: Float32Array.from(shift) } : undefined;
}

function standardised(v: Float64Array, epsilon: number): Float64Array {
  const mean = v.reduce((s, x) => s + x, 0) / v.length;
  const variance = v.reduce((s, x) => s + (x - mean) ** 2, 0) / v.length;
  return v.map((x) => (x - mean) / Math.sqrt(variance + epsilon));
}

function rewritten(graph: Graph, instead: ReadonlyMap<string, Norm>): Graph {
  // Values of the file are written later: their names are taken.
  const free = (name: string): string => (graph.types.has(name) ? free(`${name}'`) : name);
  const made = new Set(graph.nodes.flatMap((n) => n.outputs));
  const types = new Map([...graph.types].filter(([name]) => !made.has(name)));
  const b = new GraphBuilder(infer, { ...graph, nodes: [], types });
  for (const node of graph.nodes) {
    const norm = instead.get(node.outputs[0] as string);
    if (norm) write(b, norm, free);
    else b.add(node);
  }
  return prune(b.build(graph.outputs));
}

/** The operator works on the last axes: an image is turned and back, as layers models have it. */
function write(b: GraphBuilder, { source, axis, output, epsilon, scale, shift }: Norm, free: (name: string) => string): void {
  const rank = b.shape(source).length;
  const parameters = [
    b.constant(free(`${output}:scale`), float32([scale.length], scale)),
    b.constant(free(`${output}:shift`), float32([shift.length], shift)),
  ];
  const attrs = { axis: rank - 1, epsilon };
  if (axis === rank - 1) {
    b.op('LayerNormalization', [source, ...parameters], attrs, output);
    return;
  }
  const turned = b.op('Transpose', [source], { perm: [0, 2, 3, 1] }, free(`${output}:NHWC`));
  const normalised = b.op('LayerNormalization', [turned, ...parameters], attrs, free(`${output}:normalised`));
  b.op('Transpose', [normalised], { perm: [0, 3, 1, 2] }, output);
}
