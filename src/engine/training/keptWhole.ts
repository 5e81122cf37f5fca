import { deserialize, serialize } from 'node:v8';
import type { TrainingStore } from '../../dataset/trainingStore.ts';
import type { WholeSet } from '../../shared/trainingProtocol.ts';

/** Under which kind the whole set stands in the store. Raised with every change of what is kept: older ones are computed anew. */
export const wholeKind = 'whole-1';
/** Key under which the key of the newest one of a version stands. */
const newest = 'newest';

/** The whole set as it was computed last with a version; undefined: none is kept. */
export async function recallWhole(store: TrainingStore, version: string): Promise<WholeSet | undefined> {
  const key = await store.get(wholeKind, version, newest);
  return key && (await keptWhole(store, version, Buffer.from(key).toString()));
}

/** @param key names the set: contents and labels */
export async function keptWhole(store: TrainingStore, version: string, key: string): Promise<WholeSet | undefined> {
  const bytes = await store.get(wholeKind, version, key);
  return bytes && unpacked<WholeSet>(bytes);
}

/** What is neither of ours nor whole is not kept. */
function unpacked<T>(bytes: Uint8Array): T | undefined {
  try {
    return deserialize(bytes) as T;
  } catch {
    return undefined;
  }
}

export async function keepWhole(store: TrainingStore, key: string, whole: WholeSet): Promise<void> {
  await store.putAll(wholeKind, whole.version, [
    { key, value: serialize(whole) },
    { key: newest, value: Buffer.from(key) },
  ]);
}
