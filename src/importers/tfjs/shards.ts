import { ModelError } from '../../shared/errors.ts';
import type { StoredWeight } from '../keras/weights.ts';
import type { ModelSource } from '../model.ts';
import { tight } from '../tight.ts';
import { decodeWeight } from './decode.ts';
import type { WeightGroup } from './manifest.ts';

/** Reads the shards of all groups, in order. @throws ModelError 'file-missing', 'file-corrupt'. */
export async function loadWeights(groups: readonly WeightGroup[], source: ModelSource): Promise<StoredWeight[]> {
  const stored: StoredWeight[] = [];
  // One for all weights that span shards: `read` gives what is to be used at once.
  let scratch = new Uint8Array(0);
  const reuse = (length: number) => {
    if (scratch.length < length) scratch = new Uint8Array(length);
    return scratch.subarray(0, length);
  };
  for (const group of groups) {
    const shards = await readGroup(group, source);
    for (const weight of group.weights) {
      const { name, shape, offset, byteLength } = weight;
      const decoded = (room: (length: number) => Uint8Array) =>
        decodeWeight({ ...weight, offset: 0 }, part(shards, offset, byteLength, room));
      stored.push({ name, shape, read: () => decoded(reuse), copy: () => tight(decoded((length) => new Uint8Array(length))) });
    }
  }
  return stored;
}

interface Shard {
  name: string;
  bytes: Uint8Array;
}

async function readGroup(group: WeightGroup, source: ModelSource): Promise<Shard[]> {
  const shards: Shard[] = [];
  let total = 0;
  for (const name of group.paths) {
    const bytes = await readShard(name, source);
    total += bytes.length;
    shards.push({ name, bytes });
    if (total > group.byteLength) break;
  }
  if (total !== group.byteLength) throw wrongSize(group, shards, total);
  return shards;
}

/**
 * A stretch of the shards one after the other: a view, or a copy in new `room` where it spans several. Joining all of them
 * would take the weights' memory twice.
 */
function part(shards: readonly Shard[], offset: number, length: number, room: (length: number) => Uint8Array): Uint8Array {
  const joined: Uint8Array[] = [];
  let start = 0;
  for (const { bytes } of shards) {
    const [from, to] = [Math.max(0, offset - start), Math.min(bytes.length, offset + length - start)];
    if (to - from === length) return bytes.subarray(from, to);
    if (from < to) joined.push(bytes.subarray(from, to));
    start += bytes.length;
  }
  const copy = room(length);
  let at = 0;
  for (const bytes of joined) {
    copy.set(bytes, at);
    at += bytes.length;
  }
  return copy;
}

async function readShard(name: string, source: ModelSource): Promise<Uint8Array> {
  try {
    return await source.read(name);
  } catch (error) {
    if (!(error instanceof ModelError) || error.code !== 'file-missing') throw error;
    throw new ModelError('file-missing', `Weight file '${name}' is missing; it is expected beside model.json.`, {
      where: name,
      hint: 'Copy all files of the model into one folder, or download it again.',
      cause: error,
    });
  }
}

function wrongSize(group: WeightGroup, shards: readonly Shard[], total: number): ModelError {
  const hint = 'Download or save the model again, all files together.';
  const rest = `the weights in it take ${group.byteLength} bytes`;
  if (shards.length === 0) return new ModelError('file-corrupt', `A group of the weightsManifest names no files, and ${rest}.`, { hint });
  if (group.paths.length === 1) {
    const name = group.paths[0] as string;
    return new ModelError('file-corrupt', `Weight file '${name}' has ${total} bytes, but ${rest}.`, { where: name, hint });
  }
  // Writers cut shards to one size, so the one that differs is the broken one; only the last may be shorter.
  const full = Math.max(...shards.map((s) => s.bytes.length));
  const short = total < group.byteLength ? (shards.slice(0, -1).find((s) => s.bytes.length < full) ?? shards.at(-1)) : shards.at(-1);
  const { name, bytes } = short as Shard;
  const missing = group.byteLength - total;
  const what = missing > 0 ? `${missing} bytes too few` : 'too many';
  return new ModelError(
    'file-corrupt',
    `The weight files ${group.paths[0]} … ${group.paths.at(-1)} have ${total} bytes, expected ${group.byteLength}: ${what}; '${name}' has ${bytes.length}.`,
    { where: name, hint },
  );
}
