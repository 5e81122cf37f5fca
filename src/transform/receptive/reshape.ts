import { picked, repeated } from './axisMaps.ts';
import { arranged, channelAxes, everything, type Field } from './field.ts';
import { unions } from './joins.ts';
import { alongAxis, channelSizes, isImageAxis, type Shaped } from './shaped.ts';
import { through } from './spans.ts';

export function transposed({ field, dims }: Shaped, perm: readonly number[]): Field {
  if (perm[0] !== 0) return everything([field]);
  const to = (axis: number | undefined) => (axis === undefined ? undefined : perm.indexOf(axis));
  const layout = { rows: to(field.rows), columns: to(field.columns) };
  if (field.channels.length === 1) return { ...layout, channels: field.channels };
  const before = channelAxes(dims.length, field);
  const after = channelAxes(dims.length, layout);
  const sizes = after.map((axis) => dims[perm[axis] as number] as number);
  const channels = arranged(field.channels, channelSizes({ field, dims }), sizes, (place) =>
    before.map((axis) => place[after.indexOf(perm.indexOf(axis))] as number),
  );
  return { ...layout, channels };
}

/**
 * Another shape: axes that stay, channel axes split or joined, rows and columns flattened to positions or read from them, and
 * rows or columns split into blocks (space to depth) or made of them. Whatever else becomes of the image, everything sees everything.
 */
export function reshaped(x: Shaped, dims: readonly number[]): Field {
  const groups = commonGroups(x.dims, dims);
  let made: Shaped | undefined = groups && withoutSingles(x);
  // From the last on, so that the axes before keep their numbers.
  for (const group of groups?.toReversed() ?? []) made = made && regrouped(made, group);
  return made?.field ?? everything([x.field]);
}

/** Axes of one cell come and go: the image's are axes like any other. */
function withoutSingles({ field, dims }: Shaped): Shaped {
  const long = (axis: number | undefined) => (axis !== undefined && dims[axis] === 1 ? undefined : axis);
  return { field: { ...field, rows: long(field.rows), columns: long(field.columns) }, dims };
}

/** Axes from `at` up to but without `end` that become axes of these sizes. */
interface Group {
  at: number;
  end: number;
  sizes: readonly number[];
}

/** The finest division of both shapes into axes of the same volume, behind the batch; undefined: the batch is part of one. */
function commonGroups(from: readonly number[], to: readonly number[]): Group[] | undefined {
  if (from[0] !== to[0]) return undefined;
  const groups: Group[] = [];
  let [i, j] = [1, 1];
  while (i < from.length || j < to.length) {
    const [at, first] = [i, j];
    let [a, b] = [from[i++] ?? 1, to[j++] ?? 1];
    while (a !== b) {
      if (a < b ? i >= from.length : j >= to.length) return undefined;
      if (a < b) a *= from[i++] as number;
      else b *= to[j++] as number;
    }
    groups.push({ at: Math.min(at, from.length), end: Math.min(i, from.length), sizes: to.slice(first, j) });
  }
  return groups;
}

function regrouped(x: Shaped, group: Group): Shaped | undefined {
  const { field, dims } = x;
  const { at, end, sizes } = group;
  const from = dims.flatMap((size, axis) => (axis >= at && axis < end && size !== 1 ? [axis] : []));
  const to = sizes.flatMap((size, i) => (size === 1 ? [] : [at + i]));
  const after = [...dims.slice(0, at), ...sizes, ...dims.slice(end)];
  /** The image's axes, where those of the group become these. */
  const put = (rows: number | undefined, columns: number | undefined): Pick<Field, 'rows' | 'columns'> => {
    const moved = (axis: number | undefined, here: number | undefined) =>
      axis === undefined || axis < at ? axis : axis < end ? here : axis + sizes.length - (end - at);
    return { rows: moved(field.rows, rows), columns: moved(field.columns, columns) };
  };
  const [first, second] = to;
  const roles = from.map((axis) => roleOf(field, axis)).join();
  if (!from.some((axis) => isImageAxis(field, axis))) return { field: { ...field, ...put(undefined, undefined) }, dims: after };
  if ((from.length === 1 && to.length === 1) || (roles === 'rows,columns' && to.length === 1))
    return { field: { ...field, ...put(first, first) }, dims: after };
  if (roles === 'positions' && to.length === 2)
    return after[first as number] === rowsOf(field) ? { field: { ...field, ...put(first, second) }, dims: after } : undefined;
  if (roles === 'positions') return undefined;
  const [axis] = from as [number];
  if (from.length === 1 && to.length === 2) {
    return { field: { ...put(first, first), channels: split(x, axis, after[second as number] as number) }, dims: after };
  }
  const blocks = (roles === 'rows,channels' || roles === 'columns,channels') && to.length === 1;
  return blocks ? { field: { ...put(first, first), channels: blocksJoined(x, axis, from[1] as number) }, dims: after } : undefined;
}

function roleOf({ rows, columns }: Field, axis: number): 'positions' | 'rows' | 'columns' | 'channels' {
  if (rows === axis) return columns === axis ? 'positions' : 'rows';
  return columns === axis ? 'columns' : 'channels';
}

function rowsOf({ channels }: Field): number | undefined {
  return channels.flat()[0]?.rows.from.length;
}

/** Blocks of `size` cells along an axis: each place within them is a channel, behind the axis. */
function split(x: Shaped, axis: number, size: number) {
  const { field, dims } = x;
  const outer = (dims[axis] as number) / size;
  const old = channelSizes(x);
  const all = old.reduce((n, d) => n * d, 1);
  const within = Array.from({ length: size }, (_, s) => {
    const cells = Array.from({ length: outer }, (_, o) => o * size + s);
    const made = alongAxis(field, axis, (spans) => through(spans, picked(cells)));
    return made.length === 1 ? Array.from({ length: all }, () => made[0]!) : made;
  });
  const at = channelsBefore(x, axis);
  return arranged(within.flat(), [size, ...old], old.toSpliced(at, 0, size), (place) => [place[at] as number, ...place.toSpliced(at, 1)]);
}

/** The reverse: the channels along `inner`, behind the axis, become places within its cells. */
function blocksJoined(x: Shaped, axis: number, inner: number) {
  const { field, dims } = x;
  const [outer, size] = [dims[axis] as number, dims[inner] as number];
  if (field.channels.length === 1) return alongAxis(field, axis, (spans) => through(spans, repeated(outer, size)));
  const old = channelSizes(x);
  const at = channelsBefore(x, inner);
  const parts = Array.from({ length: size }, (_, s) => {
    const made = alongAxis(field, axis, (spans) => through(spans, repeated(outer, size, s)));
    return arranged(made, old, old.toSpliced(at, 1), (place) => place.toSpliced(at, 0, s));
  });
  return parts.reduce(unions);
}

/** How many channel axes stand before an axis. */
function channelsBefore({ field, dims }: Shaped, axis: number): number {
  return channelAxes(dims.length, field).filter((other) => other < axis).length;
}
