/**
 * Numbers that Python and JavaScript make alike, so that a fixture of a large network holds its topology and what the
 * framework answers, but no weights (test/data/seeded.py says the same). Values are offset + scale·v with v uniform in [−1, 1).
 */
export interface Seed {
  /** Any text; the name of the weight. */
  name: string;
  scale: number;
  offset?: number;
}

export function seeded(length: number, { name, scale, offset = 0 }: Seed): Float32Array {
  const start = fnv1a(name);
  const [factor, shift] = [Math.fround(scale), Math.fround(offset)];
  const values = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    let h = (start + Math.imul(i, 0x9e3779b9)) >>> 0;
    h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    h = (h ^ (h >>> 16)) >>> 0;
    values[i] = Math.fround(Math.fround(((h >>> 8) / 2 ** 23 - 1) * factor) + shift);
  }
  return values;
}

function fnv1a(text: string): number {
  let h = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}
