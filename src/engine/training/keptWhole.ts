import { deserialize, serialize } from 'node:v8';
import type { TrainingStore } from '../../dataset/trainingStore.ts';
import type { WholeSet } from '../../shared/trainingProtocol.ts';
import type { SetTraces } from './setTraces.ts';

/** Raised with every change of what is kept: older ones are computed anew. */
const kinds = { whole: 'whole-1', traces: 'traces-1', newest: 'whole-newest-1' };

/** The whole set as it was computed last with a version; undefined: none is kept. */
export async function recallWhole(store: TrainingStore, version: string): Promise<WholeSet | undefined> {
  const key = await newestKey(store, version);
  return key === undefined ? undefined : await keptWhole(store, version, key);
}

/** @param key names the set: contents and labels */
export async function keptWhole(store: TrainingStore, version: string, key: string): Promise<WholeSet | undefined> {
  return unpacked<WholeSet>(await store.get(kinds.whole, version, key));
}

/** Of the same set, else of the one that was computed last: drift is over the images that both have. */
export async function keptTraces(store: TrainingStore, version: string, key: string | undefined): Promise<SetTraces | undefined> {
  const same = key === undefined ? undefined : unpacked<SetTraces>(await store.get(kinds.traces, version, key));
  if (same) return same;
  const newest = await newestKey(store, version);
  return newest === undefined ? undefined : unpacked<SetTraces>(await store.get(kinds.traces, version, newest));
}

/** Key of the set that was computed last with a version. */
export async function newestKey(store: TrainingStore, version: string): Promise<string | undefined> {
  const key = await store.get(kinds.newest, version, '');
  return key && Buffer.from(key).toString();
}

export async function keepWhole(
  store: TrainingStore,
  key: string,
  { whole, traces }: { whole: WholeSet; traces: SetTraces },
): Promise<void> {
  const { version } = whole;
  await store.put(kinds.traces, version, key, serialize(traces));
  await store.put(kinds.whole, version, key, serialize(whole));
  await store.put(kinds.newest, version, '', Buffer.from(key));
}

/** Undefined: nothing is kept, or nothing of ours. */
function unpacked<T>(bytes: Uint8Array | undefined): T | undefined {
  if (bytes === undefined) return undefined;
  try {
    return deserialize(bytes) as T;
  } catch {
    return undefined;
  }
}
