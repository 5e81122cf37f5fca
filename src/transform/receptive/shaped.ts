import { arranged, type Channel, channelAxes, eachPart, everything, type Field, mixed, sized } from './field.ts';
import type { Spans } from './spans.ts';

/** A field and the sizes of its value's axes, the batch as 1. */
export interface Shaped {
  readonly field: Field;
  readonly dims: readonly number[];
}

/** Sizes of the channel axes. */
export function channelSizes({ field, dims }: Shaped): number[] {
  return channelAxes(dims.length, field).map((axis) => dims[axis] as number);
}

/** A value as a picture [N,C,H,W]: what sees everything does so at every cell, whatever else is no picture sees everything. */
export function asPicture({ field, dims }: Shaped): readonly Channel[] {
  const [, , height, width] = dims as [number, number, number, number];
  if (field.rows === 2 && field.columns === 3) return field.channels;
  if (field.rows !== undefined || field.columns !== undefined) return sized(everything([field]).channels, height, width);
  return sized(height * width === 1 ? field.channels : mixed(field.channels), height, width);
}

export function picture(channels: readonly Channel[]): Field {
  return { rows: 2, columns: 3, channels };
}

/** Rows, columns, or where positions are flattened both, of all parts made anew where they stand on `axis`. */
export function alongAxis(field: Field, axis: number, change: (spans: Spans) => Spans): readonly Channel[] {
  const same = (spans: Spans) => spans;
  return eachPart(field.channels, field.rows === axis ? change : same, field.columns === axis ? change : same);
}

export function isImageAxis({ rows, columns }: Field, axis: number): boolean {
  return axis === rows || axis === columns;
}

/**
 * Fields of values that come together, along the same axes: shapes are aligned at their last axis, as broadcasting does. Undefined
 * where rows and columns of one are other axes of another.
 * @param dims of what they become
 */
export function aligned(values: readonly Shaped[], dims: readonly number[]): Field[] | undefined {
  const shifted = values.map(({ field, dims: own }): Shaped => {
    const by = dims.length - own.length;
    const move = (axis: number | undefined) => (axis === undefined ? undefined : axis + by);
    return { field: { ...field, rows: move(field.rows), columns: move(field.columns) }, dims: [...Array<number>(by).fill(1), ...own] };
  });
  const axisOf = (along: 'rows' | 'columns'): number | undefined => {
    // Where it is one cell it is wherever the others have it.
    const having = shifted.filter(({ field }) => field[along] !== undefined);
    const long = having.filter((value) => (value.dims[value.field[along] as number] as number) > 1);
    return (long[0] ?? having[0])?.field[along];
  };
  const layout = { rows: axisOf('rows'), columns: axisOf('columns') };
  const fits = ({ field, dims: own }: Shaped) =>
    (['rows', 'columns'] as const).every((along) => {
      const axis = field[along];
      return axis === undefined || axis === layout[along] || own[axis] === 1;
    });
  return shifted.every(fits) ? shifted.map((value) => ({ ...layout, channels: inLayout(value, layout) })) : undefined;
}

/** Channels along the channel axes of another layout. Of a value that has rows or columns where it sees everything there is one. */
function inLayout({ field, dims }: Shaped, layout: Pick<Field, 'rows' | 'columns'>): readonly Channel[] {
  const own = channelAxes(dims.length, field).filter((axis) => dims[axis] !== 1);
  const theirs = new Set(channelAxes(dims.length, layout));
  return field.channels.length === 1 || own.every((axis) => theirs.has(axis)) ? field.channels : mixed(field.channels);
}

/** Channels of a value [own sizes] at every place of [sizes], repeated where its own size is 1. */
export function broadcast(channels: readonly Channel[], own: readonly number[], sizes: readonly number[]): readonly Channel[] {
  if (channels.length === 1) return channels;
  return arranged(channels, own, sizes, (place) => place.map((p, axis) => (own[axis] === 1 ? 0 : p)));
}
