export type ImageFormat = 'png' | 'jpeg' | 'webp' | 'gif' | 'tiff' | 'bmp';

/** The image format told by the first bytes, or a phrase for what the bytes are instead. The file's name is not asked. */
export function sniffImage(bytes: Uint8Array): { format: ImageFormat } | { other: string } {
  const head = latin1(bytes.subarray(0, 512));
  const format = imageFormats.find(([, matches]) => matches(head))?.[0];
  if (format) return { format };
  if (bytes.length === 0) return { other: 'an empty file' };
  const known = otherFormats.find(([matches]) => matches(head))?.[1];
  return { other: known ?? (isText(bytes.subarray(0, 512)) ? 'a text file' : 'no known kind of file') };
}

const imageFormats: readonly [ImageFormat, (head: string) => boolean][] = [
  ['png', (h) => h.startsWith('\x89PNG\r\n\x1a\n')],
  ['jpeg', (h) => h.startsWith('\xff\xd8\xff')],
  ['gif', (h) => h.startsWith('GIF87a') || h.startsWith('GIF89a')],
  ['webp', (h) => h.startsWith('RIFF') && h.slice(8, 12) === 'WEBP'],
  ['tiff', (h) => /^(II\*\0|MM\0\*|II\+\0|MM\0\+)/.test(h)],
  // Pixels start after the headers: two letters alone would also match a text that begins with BM.
  ['bmp', (h) => h.startsWith('BM') && h.length >= 18 && h.charCodeAt(15) === 0 && h.charCodeAt(16) === 0 && h.charCodeAt(17) === 0],
];

const otherFormats: readonly [(head: string) => boolean, string][] = [
  [(h) => h.startsWith('version https://git-lfs'), 'a Git LFS pointer'],
  [(h) => /^.{4}ftypavi[fs]/s.test(h), 'an AVIF image'],
  [(h) => /^.{4}ftyp(hei[cx]|hevc|mif1|msf1)/s.test(h), 'a HEIC image'],
  [(h) => h.startsWith('\xff\x0a') || h.startsWith('\0\0\0\x0cJXL '), 'a JPEG XL image'],
  [(h) => h.startsWith('\0\0\0\x0cjP  ') || h.startsWith('\xff\x4f\xff\x51'), 'a JPEG 2000 image'],
  [(h) => h.startsWith('8BPS'), 'a Photoshop file'],
  [(h) => h.startsWith('%PDF'), 'a PDF file'],
  [(h) => h.startsWith('PK\x03\x04'), 'a zip archive'],
  [(h) => h.startsWith('\x1f\x8b'), 'a gzip archive'],
  [(h) => h.startsWith('\x93NUMPY'), 'a NumPy array'],
  [(h) => /^\s*<(\?xml|!--|!DOCTYPE svg|svg)/i.test(h) && h.includes('<svg'), 'an SVG drawing'],
  [(h) => /^\s*<(!DOCTYPE html|html)/i.test(h), 'an HTML page'],
];

function latin1(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function isText(bytes: Uint8Array): boolean {
  return bytes.every((b) => b >= 32 || b === 9 || b === 10 || b === 13) && new TextDecoder().decode(bytes).split('\ufffd').length < 3;
}
