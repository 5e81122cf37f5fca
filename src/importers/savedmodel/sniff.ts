/** Schema version 1, then a meta graph that begins with its description. ONNX of IR version 1 has the name of its producer there. */
export function looksLikeSavedModel(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x08 || bytes[1] !== 0x01 || bytes[2] !== 0x12) return false;
  const after = bytes[behindVarint(bytes, 3)];
  return after !== undefined && after < 0x20;
}

/** A frozen graph: begins with a node, which begins with its name and operator. */
export function looksLikeGraphDef(bytes: Uint8Array): boolean {
  if (bytes[0] !== 0x0a) return false;
  const name = behindVarint(bytes, 1);
  if (bytes[name] !== 0x0a) return false;
  const op = name + 2 + (bytes[name + 1] ?? 0);
  if (bytes[op] !== 0x12) return false;
  const length = bytes[op + 1] ?? 0;
  const word = Buffer.from(bytes.subarray(op + 2, op + 2 + length)).toString('latin1');
  return word.length === length && /^_?[A-Z]\w*$/.test(word);
}

function behindVarint(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < start + 10 && (bytes[at] ?? 0) > 127) at += 1;
  return at + 1;
}
