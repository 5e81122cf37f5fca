import type { Graph, NodeOf } from '../../graph/graph.ts';
import { type AxisMap, picked, sliced } from './axisMaps.ts';
import { arranged, type Channel, channelAxes, everything, type Field } from './field.ts';
import { alongAxis, channelSizes, isImageAxis, type Shaped } from './shaped.ts';
import { spread, through } from './spans.ts';

/** A value read along each axis as its map says; undefined: as it is. */
export function alongAxes(x: Shaped, maps: readonly (AxisMap | undefined)[]): Field {
  let made = x;
  for (const [axis, map] of maps.entries()) {
    if (!map) continue;
    const { field, dims } = made;
    // Of flattened positions some are no rectangle.
    if (axis === 0 || (field.rows === axis && field.columns === axis)) return everything([x.field]);
    const size = dims[axis] as number;
    const channels = isImageAxis(field, axis)
      ? alongAxis(field, axis, (spans) => through(spread(spans, size), map))
      : channelsThrough(made, axis, map);
    made = { field: { ...field, channels }, dims: dims.with(axis, map.size) };
  }
  return made.field;
}

/** Channels along `axis`, each the one that the map reads for it. */
function channelsThrough(x: Shaped, axis: number, map: AxisMap): readonly Channel[] {
  const { channels } = x.field;
  if (channels.length === 1 && Array.from({ length: map.size }, (_, cell) => map.reads(cell)).every((read) => read.length > 0))
    return channels;
  const sizes = channelSizes(x);
  const at = channelAxes(x.dims.length, x.field).indexOf(axis);
  return arranged(channels, sizes, sizes.with(at, map.size), (place) => {
    const [read] = map.reads(place[at] as number);
    return read === undefined ? undefined : place.with(at, read);
  });
}

export function sliceOf({ attrs }: NodeOf<'Slice'>, x: Shaped, out: readonly number[]): Field {
  const maps = x.dims.map((size, axis) => {
    const i = attrs.axes.indexOf(axis);
    return i < 0 ? undefined : sliced(size, out[axis] as number, attrs.starts[i] as number, attrs.steps[i] as number);
  });
  // The whole batch is no piece of it.
  return alongAxes(x, x.dims[0] === out[0] ? maps.with(0, undefined) : maps);
}

/** What a Split makes, in order. */
export function pieces({ attrs: { axis, sizes } }: NodeOf<'Split'>, x: Shaped): Field[] {
  let from = 0;
  return sizes.map((size) => {
    const map = sliced(x.dims[axis] as number, size, from, 1);
    from += size;
    return alongAxes(
      x,
      x.dims.map((_, a) => (a === axis ? map : undefined)),
    );
  });
}

/** By a list of places, or one place along a channel axis, which is gone then. Undefined: everything sees everything. */
export function gathered({ constants }: Graph, { inputs, attrs: { axis } }: NodeOf<'Gather'>, x: Shaped): Field | undefined {
  const indices = constants.get(inputs[1] as string);
  if (!indices || indices.shape.length > 1) return undefined;
  const size = x.dims[axis] as number;
  const cells = Array.from<number | bigint, number>(indices.data, (i) => (Number(i) < 0 ? Number(i) + size : Number(i)));
  const made = alongAxes(
    x,
    x.dims.map((_, a) => (a === axis ? picked(cells) : undefined)),
  );
  if (indices.shape.length === 1) return made;
  if (isImageAxis(made, axis)) return undefined;
  const moved = (of: number | undefined) => (of !== undefined && of > axis ? of - 1 : of);
  return { ...made, rows: moved(made.rows), columns: moved(made.columns) };
}
