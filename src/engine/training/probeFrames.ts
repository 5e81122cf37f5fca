import { TrainingStore } from '../../dataset/trainingStore.ts';
import { checkFits } from '../../image/preprocess.ts';
import { ModelError } from '../../shared/errors.ts';
import type { ProbeFrames } from '../../shared/trainingProtocol.ts';
import { aside } from './aside.ts';
import { choicesOf, type KnownVersion, openCheckpoint, recallModel, rememberModel, versionOfModel, versionOfOpen } from './checkpoint.ts';
import { framesOf } from './frames.ts';
import type { TrainingHandler } from './handler.ts';
import { KeptProbes, type MapKey } from './keptProbes.ts';
import { beginRow, lookUp } from './probeRows.ts';
import { ProbeWork } from './probeWork.ts';
import { unlessStoreFails } from './unlessStoreFails.ts';

/** Below what is on screen. */
const lowPriority = -10;

/** Looks up what is kept of the probes, works out the rest from one version of the model, and keeps it. */
export const probeFrames: TrainingHandler<'probeFrames'> = async (services, params, { signal, progress }) => {
  const start = performance.now();
  const { model: path, images, masks, choice, priority = lowPriority } = params;
  const store = new TrainingStore(params.store);
  const begin = () => Promise.all(images.map((image) => beginRow(services.probeImages, image, masks[image], signal)));
  let rows = await begin();
  const tell = () => progress({ done: rows.filter(({ settled }) => settled).length, total: rows.length });
  const made = (known: KnownVersion, key: MapKey | undefined): ProbeFrames =>
    framesOf(known, { rows, of: choice.of, key, ms: performance.now() - start });

  const before = await unlessStoreFails(() => recalled(store, path, images), undefined);
  const keyBefore =
    before && (await unlessStoreFails(() => lookUp(new KeptProbes(store, before.version), before, choice, rows), undefined));
  tell();
  if (before && rows.every(({ settled }) => settled)) return made(before, keyBefore);

  const choices = await choicesOf(path);
  const open = await openCheckpoint(services, path, signal);
  const known = await versionOfOpen(services, open, images);
  checkInput(open.model.file, () => checkFits(known.preprocessing, open.model.input));
  const kept = new KeptProbes(store, known.version);
  await unlessStoreFails(async () => {
    await rememberModel(store, path, open, choices);
    await kept.keepAbout(known);
  }, undefined);
  if (known.version !== before?.version) {
    // What was looked up is of another version.
    rows = await begin();
    await unlessStoreFails(() => lookUp(kept, known, choice, rows), undefined);
  }
  const key = await aside(services, async (own) => {
    const work = new ProbeWork({ ...services, ...own }, { open, known, kept }, { priority, signal });
    await work.addLogits(rows);
    return await work.addMaps(rows, choice, tell);
  });
  return made(known, key);
};

async function recalled(store: TrainingStore, path: string, images: readonly string[]): Promise<KnownVersion | undefined> {
  const model = await recallModel(store, path);
  return model && (await versionOfModel(model, images));
}

function checkInput(file: string, check: () => void): void {
  try {
    check();
  } catch (error) {
    throw error instanceof ModelError ? error.with({ file }) : error;
  }
}
