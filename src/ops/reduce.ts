import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf, ValueType } from '../graph/graph.ts';
import type { Dim } from '../graph/opset.ts';
import { checkAxes, checkNoBatch, range, unsupported, volume } from './axes.ts';
import { asFloat, mul } from './emit.ts';
import { iota } from './indices.ts';
import { inputType } from './inputs.ts';
import type { GradContext } from './op.ts';

type Reduction = 'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin';

/** Type of a reduction over axes other than the batch. */
export function reducedType(node: NodeOf<Reduction>, inputs: readonly (ValueType | undefined)[]): ValueType[] {
  const { dtype, shape } = inputType(node, inputs, 0);
  const { axes, keepdims } = node.attrs;
  // ONNX reads no axes as all or as none, depending on another attribute: importers resolve it.
  if (axes.length === 0) throw unsupported(node, 'names no axes');
  checkAxes(node, axes, shape.length);
  for (const axis of axes) checkNoBatch(node, shape, axis);
  const kept = shape.map((d, k): Dim => (axes.includes(k) ? 1 : d));
  return [{ dtype, shape: keepdims ? kept : kept.filter((_, k) => !axes.includes(k)) }];
}

/** Number of elements each output of a reduction is made of. */
export function reducedCount(b: GraphBuilder, node: NodeOf<Reduction>): number {
  const shape = b.shape(node.inputs[0] as string);
  return volume(node.attrs.axes.map((k) => shape[k] as Dim));
}

/** A value of a reduction's output shape, repeated over the reduced axes. */
export function spread(b: GraphBuilder, node: NodeOf<Reduction>, value: string): string {
  const shape = b.shape(node.inputs[0] as string);
  const { axes, keepdims } = node.attrs;
  const kept = shape.map((d, k): Dim => (axes.includes(k) ? 1 : d));
  return b.op('Expand', [keepdims ? value : b.op('Reshape', [value], { shape: kept })], { shape });
}

/**
 * Gradient of a maximum or minimum: the first extreme element in row-major order of the reduced axes takes everything.
 * The reduced axes become one at the end, and an arg max there names the element.
 */
export function extremeGradient({ node, b, grad }: GradContext<'ReduceMax'> | GradContext<'ReduceMin'>): (() => string)[] {
  return [
    () => {
      const x = node.inputs[0] as string;
      const shape = b.shape(x);
      const reduced = node.attrs.axes.toSorted((p, q) => p - q);
      const kept = range(shape.length).filter((k) => !reduced.includes(k));
      const perm = [...kept, ...reduced];
      const inOrder = perm.every((k, i) => k === i);
      const size = reducedCount(b, node);
      const front = kept.map((k) => shape[k] as Dim);
      const ordered = inOrder ? x : b.op('Transpose', [x], { perm });
      const rows = b.op('Reshape', [ordered], { shape: [...front, size] });
      const signed = node.op === 'ReduceMin' ? b.op('Neg', [rows], {}) : rows;
      const first = b.op('ArgMax', [signed], { axis: front.length, keepdims: true });
      const hit = asFloat(b, b.op('Equal', [first, iota(b, size, front.length, front.length + 1)], {}));
      const flow = mul(b, b.op('Reshape', [grad], { shape: [...front, 1] }), hit);
      const back = b.op('Reshape', [flow], { shape: perm.map((k) => shape[k] as Dim) });
      return inOrder ? back : b.op('Transpose', [back], { perm: range(perm.length).map((k) => perm.indexOf(k)) });
    },
  ];
}
