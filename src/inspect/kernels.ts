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
  /** Distance of the kernels of neighbouring units, and of the planes of neighbouring inputs; a plane lies together. */
  stride: { unit: number; input: number };
  factor: number;
}

/** The kernels of a node whose units stand on `axis` of its output; undefined: it has none, or they are computed. */
export function kernelsOf(graph: Graph, node: Node, axis: number): Kernels | undefined {
  const weight = graph.constants.get(node.inputs[1] ?? '');
  if (!weight || graph.constants.has(node.inputs[0] as string)) return undefined;
  const { shape, data } = weight;
  if (node.op === 'Conv') {
    const [units, inputs, rows, columns] = shape as [number, number, number, number];
    const plane = rows * columns;
    const { group } = node.attrs;
    if (axis !== 1) return undefined;
    return { units, inputs, group, kernel: [rows, columns], data, stride: { unit: inputs * plane, input: plane }, factor: 1 };
  }
  const turned = node.op === 'Gemm' && node.attrs.transB;
  const dense = node.op === 'MatMul' || (node.op === 'Gemm' && !node.attrs.transA);
  const last = typeOf(graph, node.outputs[0] as string).shape.length - 1;
  if (!dense || shape.length !== 2 || axis !== last) return undefined;
  const [inputs, units] = (turned ? shape.toReversed() : shape) as [number, number];
  const stride = turned ? { unit: inputs, input: 1 } : { unit: 1, input: units };
  return { units, inputs, group: 1, kernel: [1, 1], data, stride, factor: node.op === 'Gemm' ? node.attrs.alpha : 1 };
}

/** [count,inputs,rows,columns] of the units from `from` on. `order`: which input each plane written is of. */
export function writeKernels(kernels: Kernels, from: number, count: number, order: readonly number[]): Float32Array {
  const { inputs, kernel, data, stride, factor } = kernels;
  const plane = kernel[0] * kernel[1];
  const out = new Float32Array(count * inputs * plane);
  let to = 0;
  for (let unit = from; unit < from + count; unit++) {
    for (let c = 0; c < inputs; c++) {
      const at = unit * stride.unit + (order[c] ?? c) * stride.input;
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
