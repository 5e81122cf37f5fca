import type { GraphBuilder } from '../graph/builder.ts';
import { float32, type Tensor } from '../graph/graph.ts';
import type { OpAttrs } from '../graph/opset.ts';

/** A linear map along one axis as a matrix [output, input]; undefined is the identity. */
type AxisMatrix = Tensor | undefined;

/**
 * Cotangent of x ↦ rows·x·columsᵀ on the last two axes: rowsᵀ·g·columns. Exact transpose of the forward whatever the
 * engine does, in two matrix products.
 */
export function applyTransposed(b: GraphBuilder, grad: string, rows: AxisMatrix, columns: AxisMatrix): string {
  const right = columns ? b.op('MatMul', [grad, b.constant('columns', columns)], {}) : grad;
  return rows ? b.op('MatMul', [b.constant('rows', transpose(rows)), right], {}) : right;
}

/** Interpolation of `input` cells at `output` places (ONNX Resize: nearest takes the floor, linear clamps at the edges). */
export function interpolation(input: number, output: number, { mode, coordinates }: OpAttrs['Resize']): AxisMatrix {
  if (input === output) return undefined;
  const data = new Float32Array(output * input);
  for (let o = 0; o < output; o++) {
    const at = Math.min(Math.max(resizePlace(o, input, output, coordinates), 0), input - 1);
    const low = Math.floor(at);
    const weight = mode === 'nearest' ? 0 : at - low;
    const high = Math.min(low + 1, input - 1);
    data[o * input + low] = (data[o * input + low] as number) + 1 - weight;
    data[o * input + high] = (data[o * input + high] as number) + weight;
  }
  return float32([output, input], data);
}

/** Place of output cell `o` in the input, unclamped. Products before quotients, so that whole numbers come out whole. */
export function resizePlace(o: number, input: number, output: number, coordinates: OpAttrs['Resize']['coordinates']): number {
  if (coordinates === 'align_corners') return output === 1 ? 0 : (o * (input - 1)) / (output - 1);
  if (coordinates === 'asymmetric') return (o * input) / output;
  return ((o + 0.5) * input) / output - 0.5;
}

/** Padding of `size` cells by mirrored (without the edge) or repeated ones. */
export function padding(size: number, begin: number, end: number, mode: 'reflect' | 'edge'): AxisMatrix {
  if (begin === 0 && end === 0) return undefined;
  const output = begin + size + end;
  const data = new Float32Array(output * size);
  for (let o = 0; o < output; o++) {
    data[o * size + repeatedCell(o - begin, size, mode)] = 1;
  }
  return float32([output, size], data);
}

/** The cell that a padded axis shows at place `i`, which may lie before 0 or behind the last. */
export function repeatedCell(i: number, size: number, mode: 'reflect' | 'edge'): number {
  return mode === 'edge' ? Math.min(Math.max(i, 0), size - 1) : size - 1 - Math.abs(size - 1 - Math.abs(i));
}

function transpose({ shape, data }: Tensor): Tensor {
  const [rows, columns] = shape as [number, number];
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = Number(data[r * columns + c]);
  return float32([columns, rows], out);
}
