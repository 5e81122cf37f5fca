const urls = new WeakMap<Uint8Array, string>();

/** A blob URL for PNG bytes, made once per array. */
export function pngUrl(bytes: Uint8Array): string {
  const known = urls.get(bytes);
  if (known) return known;
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'image/png' }));
  urls.set(bytes, url);
  return url;
}
