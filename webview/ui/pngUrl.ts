const urls = new Map<Uint8Array, string>();

/** More than any view shows at once. */
const kept = 32;

/** A blob URL for PNG bytes, made once per array; the oldest ones are given back. */
export function pngUrl(bytes: Uint8Array): string {
  const known = urls.get(bytes);
  if (known) return known;
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
  urls.set(bytes, url);
  const [oldest] = urls;
  if (oldest && urls.size > kept) {
    urls.delete(oldest[0]);
    URL.revokeObjectURL(oldest[1]);
  }
  return url;
}
