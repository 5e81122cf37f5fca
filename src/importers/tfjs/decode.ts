import { half } from '../../formats/half.ts';
import type { ManifestWeight } from './manifest.ts';

/** Values of a weight; a view into `bytes` where they lie there as aligned float32. Files are little-endian. */
export function decodeWeight(weight: ManifestWeight, bytes: Uint8Array): Float32Array {
  const { offset, length, byteLength, storage, scale, min } = weight;
  const at = bytes.subarray(offset, offset + byteLength);
  if (storage === 'float32') return float32(at, length);
  const view = new DataView(at.buffer, at.byteOffset, at.byteLength);
  const values = new Float32Array(length);
  if (storage === 'float16') for (let i = 0; i < length; i++) values[i] = half(view.getUint16(2 * i, true));
  else if (storage === 'int32') for (let i = 0; i < length; i++) values[i] = view.getInt32(4 * i, true);
  else if (storage === 'uint16') for (let i = 0; i < length; i++) values[i] = view.getUint16(2 * i, true) * scale + min;
  else for (let i = 0; i < length; i++) values[i] = (at[i] as number) * scale + min;
  return values;
}

function float32(at: Uint8Array, length: number): Float32Array {
  const aligned = at.byteOffset % 4 === 0 ? at : at.slice();
  return new Float32Array(aligned.buffer, aligned.byteOffset, length);
}
