import type { RgbImage } from './decode.ts';

/** From here on a grey value is taken for a brightness; data sets number fewer classes than that. */
const brightness = 64;
const white = 255;

/**
 * Where the object is, of the mask of a data set: its pixels [height·width·3], grey, 255 on the object, by what its values mean.
 * Grey with values from 64 to 254: how much of a pixel is object, as it is. Grey without: 0 is background and every other value a class
 * (Cityscapes, ADE20K, masks of 0 and 1); 255 is the object where it is the only one, else "void" (Pascal VOC) and not object.
 * Coloured: a palette (Pascal VOC as published), in which black is background.
 */
export function objectMask<T extends Pick<RgbImage, 'data'>>(mask: T): T {
  const { data } = mask;
  if (isColoured(data)) return { ...mask, data: painted(data, (at) => (data[at]! | data[at + 1]! | data[at + 2]!) !== 0) };
  const has = valuesOf(data);
  if (has.subarray(brightness, white).some(Boolean)) return mask;
  const hasIndices = has.subarray(1, brightness).some(Boolean);
  return { ...mask, data: painted(data, (at) => data[at] !== 0 && !(hasIndices && data[at] === white)) };
}

function isColoured(data: Uint8Array): boolean {
  for (let at = 0; at < data.length; at += 3) if (data[at] !== data[at + 1] || data[at] !== data[at + 2]) return true;
  return false;
}

/** [256]: 1 where there is such a grey. */
function valuesOf(data: Uint8Array): Uint8Array {
  const has = new Uint8Array(256);
  for (let at = 0; at < data.length; at += 3) has[data[at]!] = 1;
  return has;
}

function painted(data: Uint8Array, isObject: (at: number) => boolean): Uint8Array {
  const out = new Uint8Array(data.length);
  for (let at = 0; at < data.length; at += 3) if (isObject(at)) out.fill(white, at, at + 3);
  return out;
}
