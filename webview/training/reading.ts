import { type ColorScale, colorScale } from '../../src/shared/colorScale.ts';
import type { Checkpoint, ProbeFrames } from '../../src/shared/trainingProtocol.ts';
import { type Alarm, accuracy, alarms, type Flips, flips, moved } from '../../src/shared/trainingReading.ts';
import { before, current, framesAt, readCheckpoints } from './selectors.ts';
import type { PageState } from './state.ts';

/** What follows from the numbers of checkpoints: worked out once for each, and for each two that are compared, and kept as long as they are. */

/** Of `now`, against what was before. */
class Kept<T> {
  readonly #made = new WeakMap<ProbeFrames, WeakMap<ProbeFrames, T>>();
  readonly #make: (before: ProbeFrames, now: ProbeFrames) => T;

  constructor(make: (before: ProbeFrames, now: ProbeFrames) => T) {
    this.#make = make;
  }

  get(before: ProbeFrames, now: ProbeFrames): T {
    const known = this.#made.get(now) ?? new WeakMap<ProbeFrames, T>();
    this.#made.set(now, known);
    const value = known.get(before) ?? this.#make(before, now);
    known.set(before, value);
    return value;
  }
}

const allMoved = new Kept<Float32Array>(moved);
const allFlips = new Kept<Flips>(flips);

/** A number for each row of `now`; NaN where there is none. */
export function movedSince(before: ProbeFrames, now: ProbeFrames): Float32Array {
  return allMoved.get(before, now);
}

export function flipsSince(before: ProbeFrames, now: ProbeFrames): Flips {
  return allFlips.get(before, now);
}

/** The frames at the slider, and those of the checkpoint that was read before it. */
export function pairOf(
  state: PageState,
): { checkpoint: Checkpoint; now: ProbeFrames; earlier: Checkpoint | undefined; was: ProbeFrames | undefined } | undefined {
  const checkpoint = current(state);
  const now = framesAt(state, checkpoint);
  if (!checkpoint || !now) return undefined;
  const earlier = before(state, checkpoint);
  return { checkpoint, now, earlier, was: framesAt(state, earlier) };
}

const rows = new WeakMap<ProbeFrames, ReadonlyMap<string, number>>();

/** Row of an image; −1: it is not among them. */
export function rowOf(frames: ProbeFrames, image: string): number {
  const known = rows.get(frames) ?? new Map(frames.images.map((each, row) => [each, row]));
  rows.set(frames, known);
  return known.get(image) ?? -1;
}

export interface Right {
  right: number;
  of: number;
}

const rights = new WeakMap<ProbeFrames, Right>();

/** How many of the probes whose true class is known are right. `of` 0: there are none. */
export function rightOf(frames: ProbeFrames): Right {
  const known = rights.get(frames) ?? countRight(frames);
  rights.set(frames, known);
  return known;
}

function countRight(frames: ProbeFrames): Right {
  const share = accuracy(frames);
  const of = frames.scored ? frames.truth.filter((index, row) => index >= 0 && (frames.predicted[row] as number) >= 0).length : 0;
  return { right: of === 0 ? 0 : Math.round(share * of), of };
}

const ends = new WeakMap<ProbeFrames, Float32Array>();

/** Smallest and largest drawn value of each row's map, [images,2]; NaN where there is no map. */
function endsOf(frames: ProbeFrames): Float32Array {
  const known = ends.get(frames);
  if (known) return known;
  const { images, maps, height, width, map } = frames;
  const cells = height * width;
  const out = new Float32Array(2 * images.length).fill(Number.NaN);
  for (let row = 0; row < images.length; row++) {
    let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = row * cells; i < (row + 1) * cells; i++) {
      const value = map.relu ? Math.max(0, maps[i] as number) : (maps[i] as number);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (high >= low) out.set([low, high], 2 * row);
  }
  ends.set(frames, out);
  return out;
}

/** The scale that ends at the extremes of an image's maps in all these frames. */
export function scaleOver(all: Iterable<ProbeFrames>, image: string): ColorScale {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let map = { relu: true, signed: false };
  for (const frames of all) {
    const row = rowOf(frames, image);
    if (row < 0) continue;
    const values = endsOf(frames);
    // NaN compares as false.
    if ((values[2 * row] as number) < low) low = values[2 * row] as number;
    if ((values[2 * row + 1] as number) > high) high = values[2 * row + 1] as number;
    map = frames.map;
  }
  return colorScale(Float32Array.of(low, high), map);
}

/** Values of a row's map as they are drawn: a view of what has come, not a copy, where they are drawn as they are. */
export function drawnMap({ maps, height, width, map: { relu } }: ProbeFrames, row: number): Float32Array {
  const values = maps.subarray(row * height * width, (row + 1) * height * width);
  return relu ? values.map((value) => Math.max(0, value)) : values;
}

let kept: { read: readonly Checkpoint[]; frames: PageState['frames']; alarms: ReadonlyMap<string, readonly Alarm[]> } | undefined;

/** By checkpoint id. */
export function alarmsOf(state: PageState): ReadonlyMap<string, readonly Alarm[]> {
  const read = readCheckpoints(state);
  const isSame = kept?.frames === state.frames && kept.read.length === read.length && kept.read.every(({ id }, i) => id === read[i]?.id);
  if (!kept || !isSame) {
    const all = read.flatMap(({ id }) => {
      const frames = state.frames.get(id);
      return frames ? [{ checkpoint: id, frames }] : [];
    });
    kept = { read, frames: state.frames, alarms: alarms(all) };
  }
  return kept.alarms;
}
