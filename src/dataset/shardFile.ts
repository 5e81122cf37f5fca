import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { constants, deflate, inflate } from 'node:zlib';
import { Histograms } from './histograms.ts';
import { type TalliedImage, type TalliedLayer, Tally } from './tally.ts';
import { TopActivations } from './topActivations.ts';

/**
 * A shard as a file: `GBUS`, the version, the lengths of head and body (all uint32, little-endian), the SHA-256 of both, the head as JSON,
 * the body: arrays, little-endian, one after the other, deflated. What is read is checked: it may be cut off, or no file of ours.
 */
const magic = Buffer.from('GBUS');
/** Raised with every change of the format, or of what is counted: files of another version are collected anew. */
const version = 1;
const prefix = 16 + 32;
/** Largest head read. A head lists its images. */
const maxHead = 4 * 2 ** 20;
/** Largest body read, inflated. */
const maxBody = 2 ** 31 - 1;

/** What a shard is of. */
export interface ShardHead extends TalliedLayer {
  images: readonly TalliedImage[];
  /** Elements of each array of the body. */
  lengths: readonly number[];
  /** Bytes of the body before it is deflated. */
  size: number;
}

const packed = promisify(deflate);
const unpacked = promisify(inflate);

export async function encodeShard(tally: Tally): Promise<Buffer> {
  const top = tally.top.pack();
  const { octaves, counts } = tally.histograms.pack();
  // The widest elements first: so each is aligned.
  const arrays = [tally.sum, tally.min, tally.max, top.values, top.images, top.at, counts, top.counts, octaves];
  const content = Buffer.concat(arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength)));
  const head: ShardHead = { ...tally.of, images: tally.images, lengths: arrays.map((a) => a.length), size: content.length };
  const headBytes = Buffer.from(JSON.stringify(head));
  const body = await packed(content, { level: constants.Z_BEST_SPEED });
  const numbers = Buffer.alloc(12);
  [version, headBytes.length, body.length].forEach((n, i) => {
    numbers.writeUInt32LE(n, i * 4);
  });
  const digest = createHash('sha256').update(headBytes).update(body).digest();
  return Buffer.concat([magic, numbers, digest, headBytes, body]);
}

/** Undefined where the bytes are no whole shard of this version. */
export async function decodeShard(bytes: Buffer): Promise<Tally | undefined> {
  if (bytes.length < prefix || !bytes.subarray(0, 4).equals(magic) || bytes.readUInt32LE(4) !== version) return undefined;
  const [headLength, bodyLength] = [bytes.readUInt32LE(8), bytes.readUInt32LE(12)];
  if (headLength > maxHead || bytes.length !== prefix + headLength + bodyLength) return undefined;
  const digest = createHash('sha256').update(bytes.subarray(prefix)).digest();
  if (!digest.equals(bytes.subarray(16, prefix))) return undefined;
  try {
    const head = JSON.parse(bytes.toString('utf8', prefix, prefix + headLength)) as ShardHead;
    if (head.size > maxBody) return undefined;
    const content = await unpacked(bytes.subarray(prefix + headLength), { maxOutputLength: head.size });
    return tallyOf(head, content);
  } catch {
    // Made by another version of ours, or by somebody else: it is not what we write.
    return undefined;
  }
}

function tallyOf({ images, lengths, size, layer, units, height, width }: ShardHead, content: Buffer): Tally | undefined {
  if (content.length !== size) return undefined;
  // A copy: aligned for all element types.
  const { buffer } = Uint8Array.from(content);
  let offset = 0;
  let next = 0;
  const take = <A>(kind: { new (b: ArrayBufferLike, offset: number, length: number): A; BYTES_PER_ELEMENT: number }): A => {
    const length = lengths[next++] as number;
    const array = new kind(buffer, offset, length);
    offset += length * kind.BYTES_PER_ELEMENT;
    return array;
  };
  const [sum, min, max] = [take(Float64Array), take(Float32Array), take(Float32Array)];
  const [values, shown, at, histogram] = [take(Float32Array), take(Uint32Array), take(Uint32Array), take(Uint32Array)];
  const [counts, octaves] = [take(Uint16Array), take(Uint16Array)];
  if (offset !== size || [sum, min, max, counts].some((list) => list.length !== units)) return undefined;
  const hashes = images.map(({ hash }) => hash);
  const top = TopActivations.unpack(hashes, height * width, { counts, values, images: shown, at });
  const histograms = Histograms.unpack(units, { octaves, counts: histogram });
  if (!top || !histograms) return undefined;
  return new Tally({ layer, units, height, width }, { images: [...images], hashes, top, histograms, min, max, sum });
}
