import type { ValueType } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import { ModelError } from '../shared/errors.ts';
import { floatInput, misfit, type Named } from './inputs.ts';

/** The error for what an operator means but Glassbox does not support. */
export function unsupported(node: Named, what: string): ModelError {
  return new ModelError('unsupported', `${node.op} '${node.outputs[0]}' ${what}.`, { where: node.outputs[0] ?? node.op });
}

/** Throws unless `axis` is one of `rank` axes, counted from 0. */
export function checkAxis(node: Named, axis: number, rank: number): void {
  if (!Number.isInteger(axis) || axis < 0 || axis >= rank) throw misfit(node, `has axis ${axis}, the input has ${rank} axes`);
}

/** Throws unless all `axes` are there and none appears twice. */
export function checkAxes(node: Named, axes: readonly number[], rank: number): void {
  for (const axis of axes) checkAxis(node, axis, rank);
  if (new Set(axes).size !== axes.length) throw misfit(node, `names an axis twice: [${axes}]`);
}

/** Throws if `axis` is the batch: images of one batch must not see each other. */
export function checkNoBatch(node: Named, shape: Shape, axis: number): void {
  if (shape[axis] === 'N') throw unsupported(node, `works across the batch (axis ${axis} of [${shape}])`);
}

/** Type of an operator that normalises its float input from `axis` on: that of the input. The batch is no such axis. */
export function normalisedInput(node: Named, inputs: readonly (ValueType | undefined)[], axis: number): ValueType {
  const x = floatInput(node, inputs, 0);
  checkAxis(node, axis, x.shape.length);
  checkNoBatch(node, x.shape, axis);
  return x;
}

/** Throws unless the batch, if there is one, stands on axis 0 of what comes out. */
export function checkBatchFirst(node: Named, shape: Shape): Shape {
  if (shape.lastIndexOf('N') > 0) throw unsupported(node, `moves the batch off the first axis: [${shape}]`);
  return shape;
}

/** Number of elements but for the batch. */
export function volume(shape: Shape): number {
  return shape.reduce<number>((n, d) => (d === 'N' ? n : n * d), 1);
}

/** 0, 1, …, n − 1. */
export function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}
