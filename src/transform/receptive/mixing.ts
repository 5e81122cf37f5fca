import type { Node } from '../../graph/graph.ts';
import { type Channel, everything, type Field, mixed } from './field.ts';
import { alongAxis, isImageAxis, type Shaped } from './shaped.ts';
import { spread, together } from './spans.ts';

/** All cells along some axes in one: means, sums, maxima over them. */
export function reduced(x: Shaped, axes: readonly number[], keepdims: boolean): Field {
  const { field, dims } = x;
  if (axes.includes(0)) return everything([field]);
  const channels = axes.reduce<readonly Channel[]>(
    (made, axis) => (isImageAxis(field, axis) ? alongAxis({ ...field, channels: made }, axis, together) : mixed(made)),
    field.channels,
  );
  if (keepdims) return { ...field, channels };
  const moved = (axis: number | undefined) =>
    axis === undefined || axes.includes(axis) ? undefined : axis - axes.filter((gone) => gone < axis).length;
  return { rows: moved(field.rows), columns: moved(field.columns), channels: dims.length === axes.length + 1 ? mixed(channels) : channels };
}

/** Each number from all along some axes: a softmax, a normalisation. */
export function among(x: Shaped, axes: readonly number[]): Field {
  const seen = reduced(x, axes, true);
  return { ...seen, channels: respread(seen, x.dims) };
}

/**
 * With a constant matrix, along the last axis of a first factor (`which` 0) or the last but one of a second. Undefined:
 * everything sees everything.
 */
export function product(node: Node, x: Shaped, which: 0 | 1, out: readonly number[]): Field | undefined {
  const axis = x.dims.length - 1 - which;
  const others = x.dims.every((size, i) => i === axis || size === out[i]);
  if (node.op !== 'MatMul' || x.dims.length !== out.length || !others || axis < 1) return undefined;
  const seen = reduced(x, [axis], true);
  return { ...seen, channels: respread(seen, out) };
}

/** As many rows and columns as the sizes say, where they were brought together. Flattened positions have theirs together for good. */
function respread(field: Field, dims: readonly number[]): readonly Channel[] {
  const { rows, columns } = field;
  if (rows === columns) return field.channels;
  return [rows, columns].reduce<readonly Channel[]>(
    (channels, axis) =>
      axis === undefined ? channels : alongAxis({ ...field, channels }, axis, (spans) => spread(spans, dims[axis] as number)),
    field.channels,
  );
}
