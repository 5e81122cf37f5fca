import { type Graph, type Node, type Tensor, typeOf } from '../graph/graph.ts';

/** Constant weights of a convolution or dense layer, one kernel [inputs,rows,columns] per unit, where they lie in the file's order. */
export interface Kernels {
  units: number;
  /** Channels each kernel reads: of its group. */
  inputs: number;
  group: number;
  /** [rows, columns]. */
  kernel: readonly [number, number];
  data: Tensor['data'];
  /** Where in `data` the plane [rows,columns] of a unit and an input begins. */
  planeAt(unit: number, input: number): number;
  factor: number;
}

/** The kernels of a node whose units stand on `axis` of its output; undefined: it has none, or they are computed. */
export function kernelsOf(graph: Graph, node: Node, axis: number): Kernels | undefined {
  const weight = graph.constants.get(node.inputs[1] ?? '');
  if (!weight || graph.constants.has(node.inputs[0] as string)) return undefined;
  if (node.op === 'Conv' || node.op === 'ConvTranspose') return axis === 1 ? convolution(node, weight) : undefined;
  const last = typeOf(graph, node.outputs[0] as string).shape.length - 1;
  return axis === last && weight.shape.length === 2 ? dense(node, weight) : undefined;
}

function convolution({ op, attrs: { group } }: Extract<Node, { op: 'Conv' | 'ConvTranspose' }>, { shape, data }: Tensor): Kernels {
  const [first, second, rows, columns] = shape as [number, number, number, number];
  const common = { group, kernel: [rows, columns] as const, data, factor: 1 };
  const plane = rows * columns;
  if (op === 'Conv') return { ...common, units: first, inputs: second, planeAt: (unit, input) => (unit * second + input) * plane };
  // [inputs,units of a group,…]: a unit's planes lie apart.
  const inputs = first / group;
  const planeAt = (unit: number, input: number) => ((Math.floor(unit / second) * inputs + input) * second + (unit % second)) * plane;
  return { ...common, units: second * group, inputs, planeAt };
}

function dense(node: Node, { shape, data }: Tensor): Kernels | undefined {
  if (node.op !== 'MatMul' && (node.op !== 'Gemm' || node.attrs.transA)) return undefined;
  const turned = node.op === 'Gemm' && node.attrs.transB;
  const [inputs, units] = (turned ? shape.toReversed() : shape) as [number, number];
  const planeAt = (unit: number, input: number) => (turned ? unit * inputs + input : input * units + unit);
  return { units, inputs, group: 1, kernel: [1, 1], data, planeAt, factor: node.op === 'Gemm' ? node.attrs.alpha : 1 };
}

/** [count,inputs,rows,columns] of the units from `from` on. `order`: which input each plane written is of, where it is not its own. */
export function writeKernels(
  { inputs, kernel, data, planeAt, factor }: Kernels,
  from: number,
  count: number,
  order: readonly number[],
): Float32Array {
  const plane = kernel[0] * kernel[1];
  const out = new Float32Array(count * inputs * plane);
  let to = 0;
  for (let unit = from; unit < from + count; unit++) {
    for (let c = 0; c < inputs; c++) {
      const at = planeAt(unit, order[c] ?? c);
      for (let i = 0; i < plane; i++) out[to++] = Number(data[at + i]) * factor;
    }
  }
  return out;
}

/** Largest |value| of all kernels. */
export function largestWeight({ data, factor }: Kernels): number {
  let max = 0;
  for (let i = 0; i < data.length; i++) max = Math.max(max, Math.abs(Number(data[i])));
  return max * Math.abs(factor);
}
