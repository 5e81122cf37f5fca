/** Channel conversions on interleaved 8 bit pixels, bit for bit those of Pillow (Convert.c). */

/** Grey, grey+alpha, RGB or RGBA to RGB, and the alpha [pixels] where one is below 255. */
export function takeRgb(data: Uint8Array, channels: number): { rgb: Uint8Array; alpha: Uint8Array | undefined } {
  if (channels === 3) return { rgb: data, alpha: undefined };
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  const grey = channels < 3;
  const alphaAt = channels === 2 ? 1 : channels === 4 ? 3 : -1;
  let transparent = false;
  for (let i = 0; i < count; i++) {
    const from = i * channels;
    rgb[i * 3] = data[from]!;
    rgb[i * 3 + 1] = data[grey ? from : from + 1]!;
    rgb[i * 3 + 2] = data[grey ? from : from + 2]!;
    if (alphaAt >= 0 && data[from + alphaAt]! < 255) transparent = true;
  }
  const alpha = transparent ? Uint8Array.from({ length: count }, (_, i) => data[i * channels + alphaAt]!) : undefined;
  return { rgb, alpha };
}

/** RGB and alpha to RGBA; opaque without one. */
export function withAlpha(rgb: Uint8Array, alpha: Uint8Array | undefined): Uint8Array {
  const count = rgb.length / 3;
  const rgba = new Uint8Array(count * 4);
  for (let i = 0; i < count; i++) {
    rgba[i * 4] = rgb[i * 3]!;
    rgba[i * 4 + 1] = rgb[i * 3 + 1]!;
    rgba[i * 4 + 2] = rgb[i * 3 + 2]!;
    rgba[i * 4 + 3] = alpha ? alpha[i]! : 255;
  }
  return rgba;
}

/** RGBA with colours multiplied by alpha, in place: what is invisible must not bleed into what is not when pixels are averaged. */
export function premultiply(rgba: Uint8Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    if (alpha === 255) continue;
    for (let c = i; c < i + 3; c++) {
      const product = rgba[c]! * alpha + 128;
      rgba[c] = ((product >> 8) + product) >> 8;
    }
  }
}

/** Undoes `premultiply`, in place. */
export function unpremultiply(rgba: Uint8Array): void {
  for (let i = 0; i < rgba.length; i += 4) {
    const alpha = rgba[i + 3]!;
    if (alpha === 255 || alpha === 0) continue;
    for (let c = i; c < i + 3; c++) rgba[c] = Math.min(255, Math.floor((255 * rgba[c]!) / alpha));
  }
}

/** CMYK (255: full ink; a fifth channel is left out) to RGB: (255 − k)·(255 − c)/255. */
export function cmykToRgb(data: Uint8Array, channels: number): Uint8Array {
  const count = data.length / channels;
  const rgb = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const light = 255 - data[i * channels + 3]!;
    for (let c = 0; c < 3; c++) {
      const product = data[i * channels + c]! * light + 128;
      rgb[i * 3 + c] = light - (((product >> 8) + product) >> 8);
    }
  }
  return rgb;
}

/** RGB to luma, ITU-R 601: (299·R + 587·G + 114·B)/1000 in Pillow's 16 bit fixed point, rounded. */
export function rgbToGray(data: Uint8Array): Uint8Array {
  const gray = new Uint8Array(data.length / 3);
  for (let i = 0; i < gray.length; i++) {
    gray[i] = (data[i * 3]! * 19595 + data[i * 3 + 1]! * 38470 + data[i * 3 + 2]! * 7471 + 0x8000) >> 16;
  }
  return gray;
}
