import type { GraphBuilder } from '../../graph/builder.ts';
import type { Dim, Shape } from '../../graph/opset.ts';

/** Axis order of images in the file. Graph values with 4 axes are always channels-first; all others are as in the file. */
export type Layout = 'NHWC' | 'NCHW';

/** Axis of the graph value for axis `axis` of the file's tensor (negative counts from the end). */
export function graphAxis(layout: Layout, rank: number, axis: number): number {
  const positive = axis < 0 ? axis + rank : axis;
  return layout === 'NHWC' && rank === 4 ? ([0, 2, 3, 1][positive] ?? -1) : positive;
}

/** The inverse: axis of the file's tensor for an axis of the graph value. */
export function fileAxis(layout: Layout, rank: number, axis: number): number {
  return layout === 'NHWC' && rank === 4 ? ([0, 3, 1, 2][axis] as number) : axis;
}

/** Shape in the file's axis order. */
export function fileShape(layout: Layout, shape: Shape): Dim[] {
  return shape.map((_, axis) => shape[graphAxis(layout, shape.length, axis)] as Dim);
}

/** Whether channels-last and channels-first list the values in the same sequence: one channel or one place. */
export function sameSequence(shape: Shape): boolean {
  const [, channels, height, width] = shape;
  return shape.length !== 4 || channels === 1 || (height === 1 && width === 1);
}

/** The value in the file's axis order, by Transpose, or by Reshape where nothing moves. */
export function toFileOrder(b: GraphBuilder, layout: Layout, value: string, name: string): string {
  const shape = b.shape(value);
  if (layout === 'NCHW' || shape.length !== 4) return value;
  if (sameSequence(shape)) return b.op('Reshape', [value], { shape: fileShape(layout, shape) }, name);
  return b.op('Transpose', [value], { perm: [0, 2, 3, 1] }, name);
}

/** Back from the file's axis order. */
export function fromFileOrder(b: GraphBuilder, layout: Layout, value: string, name: string): string {
  const shape = b.shape(value);
  if (layout === 'NCHW' || shape.length !== 4) return value;
  const [batch, height, width, channels] = shape as [Dim, Dim, Dim, Dim];
  const to = [batch, channels, height, width];
  if (sameSequence(to)) return b.op('Reshape', [value], { shape: to }, name);
  return b.op('Transpose', [value], { perm: [0, 3, 1, 2] }, name);
}
