import type { Rect } from '../shared/protocol.ts';

/** Part of what reached the input, in the order in which pages draw. */
export interface ProjectedPart {
  channels: 1 | 3;
  /** [channels,height,width] of the box, R G B or grey. */
  values: Float32Array;
  /** Largest |value|. */
  max: number;
}

/**
 * Cuts a box out of values at the input [C,H,W] and puts its channels in order; their scale stays that of what is fed. Alpha is
 * left out.
 * @param planes position among R, G, B, A of each fed channel
 */
export function projectedPart(
  values: Float32Array,
  size: { height: number; width: number },
  box: Rect,
  planes: readonly number[],
): ProjectedPart {
  const channels = planes.length < 3 ? 1 : 3;
  const part = new Float32Array(channels * box.height * box.width);
  let at = 0;
  for (let plane = 0; plane < channels; plane++) {
    const channel = planes.indexOf(plane);
    for (let y = box.y; y < box.y + box.height; y++) {
      const from = (channel * size.height + y) * size.width + box.x;
      part.set(values.subarray(from, from + box.width), at);
      at += box.width;
    }
  }
  const max = part.reduce((largest, v) => Math.max(largest, Math.abs(v)), 0);
  return { channels, values: part, max };
}
