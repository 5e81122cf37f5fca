import { isAbort, type ModelError, toErrorRecord } from '../../shared/errors.ts';
import type { MapChoice } from '../../shared/trainingProtocol.ts';
import type { KnownVersion } from './checkpoint.ts';
import { classesOf, type ProbeRow } from './frames.ts';
import type { KeptProbes, MapKey, MapOf } from './keptProbes.ts';
import type { FedProbe, ProbeImages } from './probeImages.ts';

/** A probe at work. What cannot be read has errors and no hash. */
export interface WorkRow extends ProbeRow {
  hash: string | undefined;
  mask: { path: string; hash: string } | undefined;
  fed: FedProbe | undefined;
  /** Nothing is left to be done: its map is there, or cannot be had. */
  settled: boolean;
}

/** What the files of a probe are now. */
export async function beginRow(images: ProbeImages, image: string, mask: string | undefined, signal: AbortSignal): Promise<WorkRow> {
  const nothing = { hash: undefined, mask: undefined, fed: undefined, logits: undefined, map: undefined };
  const row: WorkRow = { image, ...nothing, errors: [], settled: false };
  row.hash = await orError(row, () => images.hashOf(image, 'image'));
  row.settled = row.hash === undefined;
  if (mask === undefined || row.hash === undefined) return row;
  const hash = await orError(row, () => images.hashOfMask(mask, image, signal));
  if (hash !== undefined) row.mask = { path: mask, hash };
  return row;
}

/** What goes wrong with one probe is said of it, and stops no other. */
export async function orError<T>(row: WorkRow, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (isAbort(error)) throw error;
    row.errors.push(toErrorRecord(error as ModelError));
    return undefined;
  }
}

/** Whose map a row's is. Undefined: its logits are not known. */
export function mapOf(row: WorkRow, known: KnownVersion, of: MapChoice['of']): MapOf | undefined {
  if (!row.logits || row.hash === undefined) return undefined;
  return { image: row.hash, mask: row.mask?.hash, class: classesOf(row, known, of).explained };
}

/** Fills in what is kept. Returns what the request comes to with this version, if that is known. */
export async function lookUp(
  kept: KeptProbes,
  known: KnownVersion,
  choice: MapChoice,
  rows: readonly WorkRow[],
): Promise<MapKey | undefined> {
  const readable = rows.filter(({ hash }) => hash !== undefined);
  const logits = await kept.logits(readable.map(({ hash }) => hash as string));
  for (const [i, row] of readable.entries()) row.logits = logits[i];
  const key = await kept.choice(choice.request);
  if (key) await lookUpMaps(kept, { known, key, of: choice.of }, readable);
  return key;
}

/** Fills in the maps that are kept, of rows with logits. */
export async function lookUpMaps(
  kept: KeptProbes,
  { known, key, of }: { known: KnownVersion; key: MapKey; of: MapChoice['of'] },
  rows: readonly WorkRow[],
): Promise<void> {
  const asked = rows.flatMap((row) => {
    const whose = mapOf(row, known, of);
    return whose && !row.settled ? [{ row, whose }] : [];
  });
  const found = await kept.maps(
    key,
    asked.map(({ whose }) => whose),
  );
  for (const [i, { row }] of asked.entries()) {
    row.map = found[i];
    row.settled = row.map !== undefined;
  }
}
