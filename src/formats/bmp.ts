import { ModelError } from '../shared/errors.ts';

export interface Bmp {
  width: number;
  height: number;
  /** [height·width·3] R G B, top row first. */
  data: Uint8Array;
  bitsPerPixel: number;
}

interface Header {
  width: number;
  height: number;
  bottomUp: boolean;
  bits: number;
  compression: number;
  /** Byte offset of the pixels. */
  pixels: number;
  /** [n·3] R G B; empty without a palette. */
  palette: Uint8Array;
  /** Bit masks of red, green, blue for 16 and 32 bits. */
  masks: readonly [number, number, number];
}

/**
 * Windows and OS/2 bitmaps: 1, 4, 8 bit palette (RLE4, RLE8 too), 16 and 32 bit with masks, 24 bit. A fourth channel is
 * left out. `check` sees width and height before anything is allocated. Throws ModelError('file-corrupt' | 'unsupported').
 * Source: Microsoft, "Bitmap Storage", BITMAPV5HEADER; 16 bit channels scale as in Pillow.
 */
export function decodeBmp(bytes: Uint8Array, check: (width: number, height: number) => void): Bmp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readHeader(view);
  check(header.width, header.height);
  const data =
    header.bits > 8
      ? directPixels(view, header)
      : paletted(header, header.compression === 0 ? indexRows(view, header) : runs(view, header));
  return { width: header.width, height: header.height, data, bitsPerPixel: header.bits };
}

function readHeader(view: DataView): Header {
  const size = view.byteLength >= 26 ? view.getUint32(14, true) : 0;
  if (size !== 12 && (size < 40 || view.byteLength < 14 + size)) throw damaged(`its header is cut off or of unknown size ${size}`);
  const core = size === 12;
  const width = core ? view.getUint16(18, true) : view.getInt32(18, true);
  const signedHeight = core ? view.getUint16(20, true) : view.getInt32(22, true);
  const bits = view.getUint16(core ? 24 : 28, true);
  const compression = core ? 0 : view.getUint32(30, true);
  const height = Math.abs(signedHeight);
  const pixels = view.getUint32(10, true);
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw unsupported(`${bits} bits per pixel`);
  const fits = compression === 0 || (compression === 1 && bits === 8) || (compression === 2 && bits === 4);
  const masked = (compression === 3 || compression === 6) && (bits === 16 || bits === 32);
  if (!fits && !masked) throw unsupported(`compression ${compression} at ${bits} bits per pixel`);
  if (masked && view.byteLength < 66) throw damaged('its header is cut off');
  const masks = masked ? ([54, 58, 62].map((at) => view.getUint32(at, true)) as [number, number, number]) : standardMasks(bits);
  const palette = bits > 8 ? new Uint8Array() : readPalette(view, { size, bits, pixels });
  return { width, height, bottomUp: signedHeight > 0, bits, compression, pixels, palette, masks };
}

function standardMasks(bits: number): [number, number, number] {
  return bits === 16 ? [0x7c00, 0x3e0, 0x1f] : [0xff0000, 0xff00, 0xff];
}

function readPalette(view: DataView, { size, bits, pixels }: { size: number; bits: number; pixels: number }): Uint8Array {
  const entry = size === 12 ? 3 : 4;
  const stated = size === 12 ? 0 : view.getUint32(46, true);
  const room = Math.floor((Math.min(pixels, view.byteLength) - 14 - size) / entry);
  const count = Math.min(stated || 1 << bits, 1 << bits, room);
  if (count < 1) throw damaged('it has no palette');
  const palette = new Uint8Array(count * 3);
  for (let i = 0; i < count * 3; i++) palette[i] = view.getUint8(14 + size + Math.floor(i / 3) * entry + 2 - (i % 3));
  return palette;
}

/** Byte offset of a row (counted from the top) of uncompressed pixels; refuses a file that ends before the last one. */
function rowOffsets(view: DataView, { width, height, bits, pixels, bottomUp }: Header): (y: number) => number {
  const stride = Math.ceil((bits * width) / 32) * 4;
  const lastRow = Math.ceil((bits * width) / 8);
  if (pixels + stride * (height - 1) + lastRow > view.byteLength) throw damaged('it ends before its last row');
  return (y) => pixels + stride * (bottomUp ? height - 1 - y : y);
}

function directPixels(view: DataView, header: Header): Uint8Array {
  const { width, height, bits, masks } = header;
  const offsetOf = rowOffsets(view, header);
  const data = new Uint8Array(width * height * 3);
  const step = bits / 8;
  const channels = masks.map(channelOf);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = offsetOf(y) + x * step;
      const to = (y * width + x) * 3;
      const value =
        bits === 24
          ? view.getUint16(at, true) | (view.getUint8(at + 2) << 16)
          : bits === 16
            ? view.getUint16(at, true)
            : view.getUint32(at, true);
      for (let c = 0; c < 3; c++) data[to + c] = channels[c]!(value);
    }
  }
  return data;
}

/** Takes a channel out of a pixel and scales it to 0..255. */
function channelOf(mask: number): (pixel: number) => number {
  if (mask === 0) return () => 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const max = mask >>> shift;
  return (pixel) => Math.floor((((pixel & mask) >>> shift) * 255) / max);
}

function indexRows(view: DataView, header: Header): Uint8Array {
  const { width, height, bits } = header;
  const offsetOf = rowOffsets(view, header);
  const indices = new Uint8Array(width * height);
  const perByte = 8 / bits;
  const mask = (1 << bits) - 1;
  for (let y = 0; y < height; y++) {
    const row = offsetOf(y);
    for (let x = 0; x < width; x++) {
      const shift = 8 - bits * ((x % perByte) + 1);
      indices[y * width + x] = (view.getUint8(row + Math.floor(x / perByte)) >> shift) & mask;
    }
  }
  return indices;
}

/** RLE8 and RLE4. Pixels skipped by a jump keep index 0. */
function runs(view: DataView, { width, height, bits, pixels, bottomUp }: Header): Uint8Array {
  const indices = new Uint8Array(width * height);
  let at = pixels;
  let x = 0;
  let y = 0;
  const next = () => {
    if (at >= view.byteLength) throw damaged('it ends inside its compressed pixels');
    return view.getUint8(at++);
  };
  /** Writes pixel i of a run from the byte that holds it. */
  const put = (byte: number, i: number) => {
    const index = bits === 8 ? byte : i % 2 ? byte & 15 : byte >> 4;
    if (x < width && y < height) indices[(bottomUp ? height - 1 - y : y) * width + x] = index;
    x++;
  };
  const literal = (count: number) => {
    const start = at;
    for (let i = 0, byte = 0; i < count; i++) {
      if (bits === 8 || i % 2 === 0) byte = next();
      put(byte, i);
    }
    // Padded to 16 bit.
    at += (at - start) % 2;
  };
  while (y < height) {
    const count = next();
    const value = next();
    if (count > 0) for (let i = 0; i < count; i++) put(value, i);
    else if (value === 0) [x, y] = [0, y + 1];
    else if (value === 1) break;
    else if (value === 2) [x, y] = [x + next(), y + next()];
    else literal(value);
  }
  return indices;
}

function paletted({ width, height, palette }: Header, indices: Uint8Array): Uint8Array {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * 3;
    if (from >= palette.length) throw damaged(`a pixel has colour ${indices[i]} of a palette of ${palette.length / 3}`);
    data[i * 3] = palette[from]!;
    data[i * 3 + 1] = palette[from + 1]!;
    data[i * 3 + 2] = palette[from + 2]!;
  }
  return data;
}

function damaged(reason: string): ModelError {
  return new ModelError('file-corrupt', `The BMP image is damaged or incomplete: ${reason}.`, {
    hint: 'Restore the file, or open it in an image editor and save it again.',
  });
}

function unsupported(what: string): ModelError {
  return new ModelError('unsupported', `The BMP image has ${what}, which cannot be read.`, { hint: 'Save it as PNG.' });
}
