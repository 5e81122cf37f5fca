import type { GraphBuilder } from '../graph/builder.ts';
import { float32, type NodeOf } from '../graph/graph.ts';
import type { Dim, Shape } from '../graph/opset.ts';
import { checkAxis, checkBatchFirst, checkNoBatch, unsupported, volume } from './axes.ts';
import { inputType, misfit } from './inputs.ts';
import type { Op } from './op.ts';

/** Largest one-hot matrix a gradient may make, in elements (16 MB). */
const MAX_ONE_HOT = 1 << 22;

/** [data, indices]: the slices of data at the indices along one axis; negative indices count from the end. */
export const gather: Op<'Gather'> = {
  kind: 'shape',
  infer(node, inputs) {
    const data = inputType(node, inputs, 0);
    const indices = inputType(node, inputs, 1);
    const { axis } = node.attrs;
    if (indices.dtype !== 'int64' && indices.dtype !== 'int32') throw misfit(node, `needs integer indices, got ${indices.dtype}`);
    checkAxis(node, axis, data.shape.length);
    checkNoBatch(node, data.shape, axis);
    const shape = [...data.shape.slice(0, axis), ...indices.shape, ...data.shape.slice(axis + 1)];
    return [{ dtype: data.dtype, shape: checkBatchFirst(node, shape) }];
  },
  gradient: (context) => [() => dataGradient(context.b, context.node, context.grad)],
};

function dataGradient(b: GraphBuilder, node: NodeOf<'Gather'>, grad: string): string {
  const [data, indices] = node.inputs as [string, string];
  const { axis } = node.attrs;
  const shape = b.shape(data);
  const size = shape[axis] as number;
  const picks = constantIndices(b, node, indices, size);
  // One index axis, one axis for all behind it.
  const [front, back] = [shape.slice(0, axis), volume(shape.slice(axis + 1))];
  const inverse = inversePermutation(picks, size);
  if (inverse) {
    const rows = b.op('Reshape', [grad], { shape });
    return b.op('Gather', [rows, b.constant('inverse', int64(inverse))], { axis });
  }
  if (picks.length * size > MAX_ONE_HOT) throw unsupported(node, `has no gradient for ${picks.length} indices into ${size} entries`);
  const oneHot = new Float32Array(size * picks.length);
  picks.forEach((pick, i) => {
    oneHot[pick * picks.length + i] = 1;
  });
  const rows = b.op('Reshape', [grad], { shape: [...front, picks.length, back] as Shape });
  const matrix = b.constant('oneHot', float32([size, picks.length], oneHot));
  const sums = b.op('MatMul', [matrix, rows], {});
  return b.op('Reshape', [sums], { shape: [...front, size as Dim, ...shape.slice(axis + 1)] });
}

function constantIndices(b: GraphBuilder, node: NodeOf<'Gather'>, indices: string, size: number): number[] {
  const tensor = b.constants.get(indices);
  if (!tensor) throw unsupported(node, 'has no gradient for indices that are computed');
  return Array.from<number | bigint, number>(tensor.data, (value) => {
    const index = Number(value) < 0 ? Number(value) + size : Number(value);
    if (!(index >= 0 && index < size)) throw misfit(node, `reads entry ${value} of ${size}`);
    return index;
  });
}

/** For each entry the place it went to; undefined unless every entry went to exactly one. */
function inversePermutation(picks: readonly number[], size: number): number[] | undefined {
  if (picks.length !== size || new Set(picks).size !== size) return undefined;
  const inverse = new Array<number>(size);
  picks.forEach((pick, i) => {
    inverse[pick] = i;
  });
  return inverse;
}

function int64(values: readonly number[]): { dtype: 'int64'; shape: number[]; data: BigInt64Array } {
  return { dtype: 'int64', shape: [values.length], data: BigInt64Array.from(values, BigInt) };
}
