import { TrainingStore } from '../../dataset/trainingStore.ts';
import { ModelError, toErrorRecord } from '../../shared/errors.ts';
import type { MapChoice, ProbeFrames } from '../../shared/trainingProtocol.ts';
import { type KnownVersion, versionOfModel } from './checkpoint.ts';
import { framesOf } from './frames.ts';
import type { TrainingHandler } from './handler.ts';
import { KeptProbes, type MapKey } from './keptProbes.ts';
import { recallWhole } from './keptWhole.ts';
import type { ProbeImages } from './probeImages.ts';
import { beginRow, lookUp, mapOf, type WorkRow } from './probeRows.ts';

/** What is kept of a version, without its files: a probe or a map that was never computed is an error of its row. */
export const recall: TrainingHandler<'recall'> = async ({ probeImages }, { store: folder, version, images, choice }, { signal }) => {
  const store = new TrainingStore(folder);
  const frames = await recallFrames(store, { version, images, choice, probeImages }, signal);
  return { frames, whole: await recallWhole(store, version) };
};

interface Recalled {
  version: string;
  images: readonly string[];
  choice: MapChoice;
  probeImages: ProbeImages;
}

/** Undefined: nothing is kept of any of the images. */
async function recallFrames(store: TrainingStore, asked: Recalled, signal: AbortSignal): Promise<ProbeFrames | undefined> {
  const start = performance.now();
  const { version, images, choice, probeImages } = asked;
  const kept = new KeptProbes(store, version);
  const about = await kept.about();
  if (!about) return undefined;
  // Names that are given to the classes by now; as they were where they went with the checkpoint.
  const now = await versionOfModel(about.model, images);
  const known: KnownVersion = { ...about, labels: now?.labels ?? about.labels };
  const rows = await Promise.all(images.map((image) => beginRow(probeImages, image, undefined, signal)));
  const key = await lookUp(kept, known, choice, rows);
  if (!rows.some(({ logits }) => logits)) return undefined;
  if (key) await addMasked(kept, { known, key, of: choice.of }, rows);
  for (const row of rows) if (row.errors.length === 0 && !row.map) row.errors.push(toErrorRecord(lost(row)));
  return framesOf(known, { rows, of: choice.of, key, ms: performance.now() - start });
}

/** Each map as it was measured last. */
async function addMasked(kept: KeptProbes, { known, key, of }: { known: KnownVersion; key: MapKey; of: MapChoice['of'] }, rows: WorkRow[]) {
  const asked = rows.flatMap((row) => {
    const whose = mapOf(row, known, of);
    return whose ? [{ row, whose }] : [];
  });
  const found = await kept.lastMaps(
    key,
    asked.map(({ whose }) => whose),
  );
  for (const [i, { row }] of asked.entries()) row.map = found[i];
}

function lost({ logits }: WorkRow): ModelError {
  const what = logits ? 'This map of it was not drawn' : 'This picture was not shown to it';
  return new ModelError('stale', `${what} while the checkpoint was there.`, {
    hint: 'Choose what was looked at then, or restore the checkpoint.',
  });
}
