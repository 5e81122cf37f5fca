import type { ColorScale } from '../../../src/shared/colorScale.ts';
import type { Axis } from '../axis.ts';
import { framesThatFit, type Layout, thinned } from '../layout.ts';
import type { Look } from '../look.ts';
import { rowOf, scaleOver } from '../reading.ts';
import type { PageState } from '../state.ts';
import { coarseMap, paintFrame } from './paintProbe.ts';

/** The scale of one map of a strip. */
export type ScaleOfFrame = (checkpoint: string) => ColorScale;

/** One scale for all maps of an image, over all checkpoints that were read; or each map's own. */
export function scalesOf({ frames, choices }: PageState, image: string): { locked: ColorScale; of: ScaleOfFrame } {
  const locked = lockedScale(frames, image);
  const of = (checkpoint: string) => {
    const own = choices.ownScales ? frames.get(checkpoint) : undefined;
    return own ? scaleOver([own], image) : locked;
  };
  return { locked, of };
}

const kept = new WeakMap<PageState['frames'], Map<string, ColorScale>>();

function lockedScale(frames: PageState['frames'], image: string): ColorScale {
  const known = kept.get(frames) ?? new Map<string, ColorScale>();
  kept.set(frames, known);
  const scale = known.get(image) ?? scaleOver(frames.values(), image);
  known.set(image, scale);
  return scale;
}

/** Height of a frame by its width: that of the maps. */
export function frameHeight(state: PageState, { frame }: Layout): number {
  const [first] = state.frames.values();
  const ratio = first && first.width > 0 && first.height > 0 ? first.height / first.width : 1;
  return Math.round(frame * Math.min(1.5, Math.max(0.5, ratio)));
}

export interface StripOptions {
  state: PageState;
  axis: Axis;
  layout: Layout;
  image: string;
  scaleOf: ScaleOfFrame;
  look: Partial<Look>;
}

/** Checkpoints that have a frame in a strip of this width, and where its middle stands: where the checkpoint does; in a row where not all have room. */
export function stripFrames(axis: Axis, layout: Layout): { index: number; place: number }[] {
  const shown = thinned(axis.checkpoints.length, framesThatFit(layout));
  const isAll = shown.length === axis.checkpoints.length;
  return shown.map((index, i) => ({ index, place: isAll ? axis.place(index) : i / Math.max(1, shown.length - 1) }));
}

/** Where the frame of the slider's checkpoint stands: where the checkpoint does; where not all have room in the nearest one's stead, but not the first's or last's. */
export function placeOfFrame(axis: Axis, layout: Layout, index: number): number {
  const count = axis.checkpoints.length;
  const shown = Math.min(count, framesThatFit(layout));
  const isEnd = index === 0 || index === count - 1;
  if (shown === count || shown < 3 || isEnd) return axis.place(index);
  return Math.min(shown - 2, Math.max(1, Math.round(axis.place(index) * (shown - 1)))) / (shown - 1);
}

/** Paints the maps of an image over the checkpoints side by side, each where its checkpoint stands on the axis. `ratio`: device pixels per CSS pixel. */
export function paintStrip(pen: CanvasRenderingContext2D, { state, axis, layout, image, scaleOf, look }: StripOptions): void {
  const { width, height } = pen.canvas;
  const ratio = width / layout.row;
  const side = layout.frame * ratio;
  for (const { index, place } of stripFrames(axis, layout)) {
    const id = axis.checkpoints[index]?.id ?? '';
    const frames = state.frames.get(id);
    if (!frames) continue;
    const row = rowOf(frames, image);
    const x = place * (width - side);
    // A hair between frames.
    paintFrame(pen, coarseMap(frames, row, scaleOf(id), look), { x: Math.round(x), y: 0, width: Math.round(side - ratio), height });
  }
}
