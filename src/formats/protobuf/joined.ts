/** The occurrences of a repeated field as one array; a single one is given back as it is. */
export function joined<T extends Float32Array | Float64Array>(chunks: readonly T[], make: (length: number) => T): T {
  const [only] = chunks;
  if (only && chunks.length === 1) return only;
  const out = make(chunks.reduce((n, c) => n + c.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    out.set(chunk, at);
    at += chunk.length;
  }
  return out;
}
