import { alive, hull, type Spans, sameSpans, spread, together } from './spans.ts';

/**
 * What the cells of a value see of the input, by ways that reach the same cells: a cell sees the rectangle of what its row and
 * its column see. A cell whose row or column sees nothing (padding) has no part in it.
 */
export interface Part {
  readonly rows: Spans;
  readonly columns: Spans;
}

/** Channels that see the same: the union of the parts. None: constants. */
export type Channel = readonly Part[];

/**
 * The receptive fields of a value. `rows`, `columns`: the axes of its shape that are the image's, the same one where positions
 * are flattened to [H·W]; undefined: it has none, each number sees all that there is in the parts.
 */
export interface Field {
  readonly rows: number | undefined;
  readonly columns: number | undefined;
  /** One for all channels, or one for each place along the axes that are neither batch nor image, in row-major order. */
  readonly channels: readonly Channel[];
}

/** A channel of constants. */
const unseeing: Channel = [];

/** The parts of all, as few as say the same. */
export function union(channels: readonly Channel[]): Channel {
  const distinct = new Set(channels);
  if (distinct.size === 1) return channels[0] as Channel;
  const merged: Part[] = [];
  for (const part of new Set([...distinct].flat())) {
    const at = merged.findIndex((other) => mergeable(other, part));
    if (at < 0) merged.push(part);
    else merged[at] = { rows: hull((merged[at] as Part).rows, part.rows), columns: hull((merged[at] as Part).columns, part.columns) };
  }
  return merged;
}

/**
 * Whether the hull of two parts, rows and columns each by itself, is that of their union at every cell: where the same cells see
 * something, or where one axis agrees. Else the rows of one would be paired with the columns of the other where it sees nothing.
 */
function mergeable(a: Part, b: Part): boolean {
  if (sameSpans(a.rows, b.rows) || sameSpans(a.columns, b.columns)) return true;
  return aliveAlike(a.rows, b.rows) && aliveAlike(a.columns, b.columns);
}

function aliveAlike(a: Spans, b: Spans): boolean {
  return a.from.every((_, i) => alive(a, i) === alive(b, i));
}

/** Channels made anew, the same ones once. */
export function eachChannel(channels: readonly Channel[], change: (channel: Channel) => Channel): Channel[] {
  const known = new Map<Channel, Channel>();
  return channels.map((channel) => {
    const before = known.get(channel);
    if (before) return before;
    const made = change(channel);
    known.set(channel, made);
    return made;
  });
}

/** Every part's rows and columns made anew. */
export function eachPart(channels: readonly Channel[], rows: (spans: Spans) => Spans, columns: (spans: Spans) => Spans): Channel[] {
  const known = new Map<Spans, Spans>();
  const once = (spans: Spans, change: (spans: Spans) => Spans, key: Map<Spans, Spans>) => {
    const made = key.get(spans) ?? change(spans);
    key.set(spans, made);
    return made;
  };
  const knownColumns = new Map<Spans, Spans>();
  return eachChannel(channels, (channel) =>
    channel.map((part) => ({ rows: once(part.rows, rows, known), columns: once(part.columns, columns, knownColumns) })),
  );
}

/** One channel for all. */
export function mixed(channels: readonly Channel[]): readonly [Channel] {
  return [union(channels)];
}

/** All cells of all channels in one: what is made of everything. */
export function everything(fields: readonly Field[]): Field {
  const whole = fields.flatMap(({ channels }) => eachPart(mixed(channels), together, together));
  return {
    rows: undefined,
    columns: undefined,
    channels: mixed(whole.map((channel) => channel.filter(({ rows, columns }) => alive(rows, 0) && alive(columns, 0)))),
  };
}

/** With as many rows and columns as the value has: a field of one cell is that of all. */
export function sized(channels: readonly Channel[], height: number, width: number): Channel[] {
  return eachPart(
    channels,
    (rows) => spread(rows, height),
    (columns) => spread(columns, width),
  );
}

/** The channel axes of a shape [N,…]: all but the batch and the image's. */
export function channelAxes(rank: number, { rows, columns }: Pick<Field, 'rows' | 'columns'>): number[] {
  return Array.from({ length: rank - 1 }, (_, i) => i + 1).filter((axis) => axis !== rows && axis !== columns);
}

/**
 * Places that are told apart: more than any picture has channels. Where there are more (windows of attention, whose cells count as
 * channels), all are said to see what any of them sees.
 */
const mostPlaces = 2 ** 14;

/**
 * Channels along other channel axes: `sizes` [as the new value has them], each place of which is made of the channels of the
 * places `from` gives in row-major order of `before`; undefined: nothing.
 */
export function arranged(
  channels: readonly Channel[],
  before: readonly number[],
  sizes: readonly number[],
  from: (place: readonly number[]) => readonly number[] | undefined,
): readonly Channel[] {
  const total = sizes.reduce((n, d) => n * d, 1);
  if (total > mostPlaces) return mixed(channels);
  const made: Channel[] = [];
  const place = sizes.map(() => 0);
  for (let i = 0; i < total; i++) {
    const source = from(place);
    const at = source?.reduce((n, p, axis) => n * (before[axis] as number) + p, 0);
    made.push(at === undefined ? unseeing : ((channels.length === 1 ? channels[0] : channels[at]) as Channel));
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      if (++(place[axis] as number) < (sizes[axis] as number)) break;
      place[axis] = 0;
    }
  }
  return made.every((channel) => channel === made[0]) ? made.slice(0, 1) : made;
}
