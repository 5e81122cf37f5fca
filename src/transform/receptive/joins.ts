import { placed } from './axisMaps.ts';
import { arranged, type Channel, channelAxes, eachPart, everything, type Field, sized, union } from './field.ts';
import { aligned, broadcast, isImageAxis, type Shaped } from './shaped.ts';
import { type Spans, spread, through } from './spans.ts';

/** Number by number, with broadcasting: each cell sees what it is made of. */
export function joined(values: readonly Shaped[], dims: readonly number[]): Field {
  const [only] = values;
  if (only && values.length === 1 && String(only.dims) === String(dims)) return only.field;
  const fields = aligned(values, dims);
  const layout = fields?.[0];
  if (!fields || !layout) return everything(values.map(({ field }) => field));
  const axes = channelAxes(dims.length, layout);
  const sizes = axes.map((axis) => dims[axis] as number);
  const lists = alike(fields).map((channels, i) => {
    const own = (values[i] as Shaped).dims;
    const before = dims.length - own.length;
    return broadcast(
      channels,
      axes.map((axis) => own[axis - before] ?? 1),
      sizes,
    );
  });
  return { ...layout, channels: lists.reduce(unions) };
}

/** Side by side along `axis`. `values`: those that are no constants, and where each begins. */
export function concatenated(values: readonly (Shaped & { from: number })[], axis: number, dims: readonly number[]): Field {
  const fields = aligned(values, dims);
  const layout = fields?.[0];
  // Behind a batch or flattened positions with more beside them nothing is a rectangle.
  const other = layout === undefined || axis === 0 || (layout.rows === axis && layout.columns === axis);
  if (other) return everything(values.map(({ field }) => field));
  const put = isImageAxis(layout, axis) ? cellsPut : channelsPut;
  return {
    ...layout,
    channels: alike(fields as Field[])
      .map((channels, i) => put({ layout, channels, axis, dims }, values[i] as Put))
      .reduce(unions),
  };
}

type Put = Shaped & { from: number };
interface Side {
  layout: Field;
  channels: readonly Channel[];
  axis: number;
  dims: readonly number[];
}

function channelsPut({ layout, channels, axis, dims }: Side, { dims: own, from }: Put): readonly Channel[] {
  const axes = channelAxes(dims.length, layout);
  const at = axes.indexOf(axis);
  const sizesOf = (of: readonly number[]) => axes.map((a) => of[a] as number);
  return arranged(channels, sizesOf(own), sizesOf(dims), (place) => {
    const p = (place[at] as number) - from;
    return p < 0 || p >= (own[axis] as number) ? undefined : place.with(at, p);
  });
}

function cellsPut({ layout, channels, axis, dims }: Side, { dims: own, from }: Put): readonly Channel[] {
  const [length, size] = [own[axis] as number, dims[axis] as number];
  // One of several windows side by side is not the value's.
  const put = (spans: Spans): Spans => ({
    ...through(spread(spans, length), placed(length, size, from)),
    ...(length < size && { window: undefined }),
  });
  const along = (of: number | undefined) => (spans: Spans) => (of === axis ? put(spans) : spans);
  return eachPart(channels, along(layout.rows), along(layout.columns));
}

/** Channels of all fields with as many rows and as many columns. */
function alike(fields: readonly Field[]): readonly (readonly Channel[])[] {
  const parts = fields.flatMap(({ channels }) => [...new Set(channels)].flat());
  const rows = Math.max(1, ...parts.map((part) => part.rows.from.length));
  const columns = Math.max(1, ...parts.map((part) => part.columns.from.length));
  return fields.map(({ channels }) => sized(channels, rows, columns));
}

/** Both at every place; a single one stands for all. */
export function unions(a: readonly Channel[], b: readonly Channel[]): readonly Channel[] {
  const known = new Map<Channel, Map<Channel, Channel>>();
  const both = (x: Channel, y: Channel): Channel => {
    if (x.length === 0) return y;
    if (y.length === 0) return x;
    const of = known.get(x) ?? new Map<Channel, Channel>();
    known.set(x, of);
    const made = of.get(y) ?? union([x, y]);
    of.set(y, made);
    return made;
  };
  return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => both((a[i] ?? a[0]) as Channel, (b[i] ?? b[0]) as Channel));
}
