import { type Graph, type Node, type NodeOf, producers } from '../graph/graph.ts';
import { opOf } from '../ops/index.ts';

/** Ends of the range of an activation function; undefined: open. */
export interface Bounds {
  low: number | undefined;
  high: number | undefined;
}

const open: Bounds = { low: undefined, high: undefined };

/** The ends that each activation function reaches or comes close to. Those that fall and rise again (SiLU, GELU) have none. */
const ranges: Partial<Record<Node['op'], Bounds>> = {
  Relu: { low: 0, high: undefined },
  Sigmoid: { low: 0, high: 1 },
  HardSigmoid: { low: 0, high: 1 },
  Softmax: { low: 0, high: 1 },
  Tanh: { low: -1, high: 1 },
  Softsign: { low: -1, high: 1 },
  Erf: { low: -1, high: 1 },
};

/**
 * The range of the activation function that makes a value, through what moves, picks or averages its numbers: dropout, pools, Concat.
 * @param makers the graph's producers, where many values are asked about
 */
export function boundsOf(graph: Graph, value: string, makers = producers(graph)): Bounds {
  // Deep graphs of joins are walked once, not once for each way through them.
  const known = new Map<string, Bounds>();
  const of = (value: string): Bounds => {
    const before = known.get(value);
    if (before) return before;
    const node = makers.get(value);
    const bounds = node ? behind(node) : open;
    known.set(value, bounds);
    return bounds;
  };
  const behind = (node: Node): Bounds => {
    if (node.op === 'Clip') return { low: finite(node.attrs.min), high: finite(node.attrs.max) };
    if (node.op === 'FakeQuantize') return rounded(graph, node, of(node.inputs[0] as string));
    const range = ranges[node.op];
    if (range) return range;
    if (!keepsRange(node)) return open;
    const all = node.op === 'Concat' ? node.inputs.map(of) : [of(node.inputs[0] as string)];
    const common = (ends: readonly (number | undefined)[]) => (ends.every((end) => end === ends[0]) ? ends[0] : undefined);
    return { low: common(all.map(({ low }) => low)), high: common(all.map(({ high }) => high)) };
  };
  return of(value);
}

/** Every number of the output is one of the input, or a mean of several. */
function keepsRange(node: Node): boolean {
  if (node.op === 'Pad') return node.attrs.mode !== 'constant' || node.attrs.value === 0;
  return node.op !== 'ReduceSum' && ['shape', 'pool-max', 'pool-mean'].includes(opOf(node).kind);
}

function finite(end: number): number | undefined {
  // Exporters write open ends as the largest float.
  return Math.abs(end) < 1e30 ? end : undefined;
}

/** What the ends become in steps of the quantisation. */
function rounded(graph: Graph, { inputs, attrs }: NodeOf<'FakeQuantize'>, { low, high }: Bounds): Bounds {
  const [scale, zero] = inputs.slice(1).map((name) => graph.constants.get(name)?.data);
  if (scale?.length !== 1 || zero?.length !== 1) return { low, high };
  const [step, offset] = [Number(scale[0]), Number(zero[0])];
  const round = (end: number | undefined) =>
    end === undefined ? undefined : step * (Math.min(Math.max(Math.round(end / step) + offset, attrs.low), attrs.high) - offset);
  return { low: round(low), high: round(high) };
}
