import { dirname } from 'node:path';
import type { TrainingStore } from '../../dataset/trainingStore.ts';
import { stampOf } from '../../importers/files.ts';
import type { OutputActivation } from '../../importers/model.ts';
import { ModelError } from '../../shared/errors.ts';
import { modelName } from '../../shared/modelFormats.ts';
import { untilAborted } from '../../shared/sharedJobs.ts';
import type { Preprocessing } from '../../shared/sidecar.ts';
import { sidecarChoices } from '../../sidecar/find.ts';
import { type AboutModel, understand } from '../../sidecar/understand.ts';
import { preprocessingUnknown } from '../inputs.ts';
import type { OpenModel } from '../models.ts';
import type { Services } from '../services.ts';
import { versionOf } from './version.ts';

/** What of a model has to be known to make sense of what is kept of it; plain data. */
export interface KnownModel {
  hash: string;
  activation: OutputActivation;
  about: AboutModel;
}

/** A version of a checkpoint, and how its outputs are called. */
export interface KnownVersion {
  version: string;
  model: KnownModel;
  preprocessing: Preprocessing;
  labels: readonly string[] | undefined;
}

export function knownModel({ model: { hash, activation, file, classes, hints, input } }: OpenModel): KnownModel {
  return { hash, activation, about: { file, classes, hints, input } };
}

/** Raised with every change of what is said: files that an earlier one was said of are read again. */
const saying = 1;

interface Said {
  saying: number;
  choices: string;
  stamps: readonly (readonly [file: string, stamp: string])[];
  model: KnownModel;
}

/** What is known of a model file since it was read, if neither its files nor what is chosen for it have changed. Reads none of them. */
export async function recallModel(store: TrainingStore, path: string): Promise<KnownModel | undefined> {
  const text = await store.fileSaid(path);
  const said = text === undefined ? undefined : (JSON.parse(text) as Said);
  if (said?.saying !== saying || said.choices !== (await choicesOf(path))) return undefined;
  for (const [file, stamp] of said.stamps) if ((await stampOf(file)) !== stamp) return undefined;
  return said.model;
}

/** @param choices what was chosen for it before it was opened */
export async function rememberModel(store: TrainingStore, path: string, open: OpenModel, choices: string): Promise<void> {
  // Of two choices nobody knows which it was opened with.
  if (choices !== (await choicesOf(path))) return;
  const said: Said = { saying, choices, stamps: [...open.stamps], model: knownModel(open) };
  await store.sayOfFile(path, JSON.stringify(said));
}

/** What the sidecar chooses where a file leaves a choice. */
export async function choicesOf(path: string): Promise<string> {
  return JSON.stringify(await sidecarChoices(path));
}

/** Opens a checkpoint for one call alone. Throws ModelError('file-changed') where its files are no longer what was read. */
export async function openCheckpoint({ models }: Services, path: string, signal: AbortSignal): Promise<OpenModel> {
  const open = await untilAborted(models.openAside(path), signal);
  // From here on everything is worked out from memory, whatever becomes of the files.
  if (await open.current()) return open;
  throw new ModelError('file-changed', `${modelName(path)} was overwritten while it was read.`, {
    file: path,
    hint: 'It is read again when it is complete.',
  });
}

/**
 * Names of classes and preprocessing as they are told now. Where nothing else names the classes, the folders of the first image do whose
 * folders fit. Undefined: nothing tells the preprocessing.
 */
export async function versionOfModel(model: KnownModel, images: readonly string[]): Promise<KnownVersion | undefined> {
  const { preprocessing, labels } = await understand(model.about);
  if (!preprocessing) return undefined;
  return { version: versionOf(model.hash, preprocessing), model, preprocessing, labels: labels ?? (await labelsBeside(model, images)) };
}

async function labelsBeside({ about }: KnownModel, images: readonly string[]): Promise<readonly string[] | undefined> {
  const oneOfEach = new Map(images.map((image) => [dirname(dirname(image)), image]));
  for (const imagePath of oneOfEach.values()) {
    const { labels } = await understand(about, { imagePath });
    if (labels) return labels;
  }
  return undefined;
}

/** The same of an open one. Throws ModelError('input') where nothing tells the preprocessing. */
export async function versionOfOpen({ inputs }: Services, open: OpenModel, images: readonly string[]): Promise<KnownVersion> {
  const known = await versionOfModel(knownModel(open), images);
  if (known) return known;
  throw preprocessingUnknown(await inputs.describe(open, undefined));
}
