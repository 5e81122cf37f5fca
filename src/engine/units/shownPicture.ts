import { withAlpha } from '../../image/channels.ts';
import { type Pixels, resample } from '../../image/resample.ts';
import type { Climb, Rendered } from '../../inspect/visualise/visualiser.ts';
import type { ChannelOrder } from '../../shared/sidecar.ts';
import type { RgbPixels } from '../../shared/unitsProtocol.ts';

interface Size {
  height: number;
  width: number;
}

/** A rendered picture in 8 bit at the input's size, R G B or grey. */
export function shownPicture({ channels, height, width, values }: Rendered, input: Size): Pixels {
  const plane = height * width;
  const data = new Uint8Array(values.length);
  for (let c = 0; c < channels; c++) {
    for (let i = 0; i < plane; i++) data[i * channels + c] = Math.max(0, Math.min(255, Math.round(255 * values[c * plane + i]!)));
  }
  return atSize({ channels, height, width, data }, input);
}

/** How opaque its pixels are, 8 bit at the input's size; undefined where the method does not say. */
export function shownOpacity(climb: Climb, input: Size): Uint8Array | undefined {
  if (!climb.opacity) return undefined;
  const { height, width } = climb.render();
  const data = Uint8Array.from(climb.opacity(), (share) => Math.round(255 * share));
  return atSize({ channels: 1, height, width, data }, input).data;
}

/** For a page. */
export function shownRgb({ channels, height, width, data }: Pixels): RgbPixels {
  return { height, width, data: channels === 3 ? data : Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!) };
}

/** With the channels of an image that is fed. */
export function fedPicture(shown: Pixels, order: ChannelOrder): Pixels {
  return order === 'RGBA' ? { ...shown, channels: 4, data: withAlpha(shown.data, undefined) } : shown;
}

function atSize(pixels: Pixels, { height, width }: Size): Pixels {
  return pixels.height === height && pixels.width === width ? pixels : resample(pixels, { height, width });
}
