import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { Model, Normalization } from '../importers/model.ts';
import { type ErrorRecord, ModelError, toErrorRecord } from '../shared/errors.ts';
import { channelsIn, type Preprocessing } from '../shared/sidecar.ts';
import { rawPixels } from './candidates.ts';
import { classFolders } from './classFolders.ts';
import { besideSidecar, type FoundSidecar, readSidecars } from './find.ts';
import { hubLabels, hubPreprocessing } from './hubConfig.ts';
import { kerasPreprocessing } from './kerasFamilies.ts';
import { findLabelSet, namesOf } from './labelSets.ts';
import { readLabelFile, wrongCount } from './labels.ts';
import { teachableMachineInput } from './teachableMachine.ts';

/** What a model file does not say: class names and preprocessing, and where they come from. */
export interface Understanding {
  /** One name per class, or undefined. */
  labels: readonly string[] | undefined;
  /** A phrase for people: `glassbox.json`, `labels.txt`, `folders beside the image`, `unknown`. */
  labelsFrom: string;
  /** Id of the known set that a sidecar names. */
  labelSet: string | undefined;
  /** Undefined: ask. */
  preprocessing: Preprocessing | undefined;
  preprocessingFrom: string;
  /** It follows from the model's name alone. */
  preprocessingGuessed: boolean;
  /** The sidecar with the highest precedence, where there is one. */
  sidecarPath: string | undefined;
  warnings: readonly ErrorRecord[];
}

/** What of a model is needed to understand it; plain data. */
export type AboutModel = Pick<Model, 'file' | 'classes' | 'hints' | 'input'>;

export interface UnderstandOptions {
  /** An image to be explained: its folders may name the classes. */
  imagePath?: string;
}

const labelFileNames = ['labels.txt', 'labels.json', 'class_names.txt', 'metadata.json'] as const;

/**
 * Labels: sidecar, names stored in the model, label files beside it, class folders of the data; known sets are offered and not
 * used (./offers.ts). Preprocessing: sidecar, metadata in the model, layers in it that rescale, files of Teachable Machine and of
 * model hubs beside it, and, as a guess, the name of a family of keras.applications. Labels of the wrong length are never
 * used, cut or shifted: the next source is asked.
 */
export async function understand(model: AboutModel, options: UnderstandOptions = {}): Promise<Understanding> {
  const { sidecars, warnings } = await readSidecars(model.file);
  const found = await findLabels(labelSources(model, sidecars, options), model.classes);
  return {
    labels: found.labels,
    labelsFrom: found.from,
    labelSet: found.set,
    ...(await findPreprocessing(model, sidecars)),
    sidecarPath: sidecars[0]?.path,
    warnings: [...warnings, ...found.warnings],
  };
}

async function findPreprocessing(
  model: AboutModel,
  sidecars: readonly FoundSidecar[],
): Promise<Pick<Understanding, 'preprocessing' | 'preprocessingFrom' | 'preprocessingGuessed'>> {
  const told = (preprocessing: Preprocessing, from: string) => ({
    preprocessing,
    preprocessingFrom: from,
    preprocessingGuessed: false,
  });
  const size = sidecars.map(({ sidecar }) => sidecar.input?.size ?? sidecar.size).find((each) => each !== undefined);
  for (const { path, sidecar } of sidecars) {
    if (sidecar.input) return told({ ...sidecar.input, ...(size && { size }) }, basename(path));
  }
  const { hints, input } = model;
  const stated = hints.normalization && fromMetadata(hints.normalization, input.channels);
  if (stated) return told(stated, hints.normalization!.from);
  const layers = hints.rescaling ?? [];
  if (layers.length > 0) {
    const names = layers.map((layer) => `'${layer}'`).join(', ');
    return told(rawPixels(input.channels), `layer${layers.length > 1 ? 's' : ''} ${names}`);
  }
  const teachable = await teachableMachineInput(model.file, input.channels);
  if (teachable) return told(teachable, 'metadata.json (Teachable Machine)');
  const hub = await hubPreprocessing(model.file, input.channels);
  if (hub) return told(hub.preprocessing, hub.from);
  const guess = input.channels === 3 && hints.modelName !== undefined ? kerasPreprocessing(hints.modelName) : undefined;
  if (guess) return { ...told(guess.preprocessing, `the name '${hints.modelName}'`), preprocessingGuessed: true };
  return { preprocessing: undefined, preprocessingFrom: 'unknown', preprocessingGuessed: false };
}

/** (pixel − mean) / std as the metadata has it; undefined where it does not fit the channels. */
function fromMetadata({ mean, std, channels, resize = 'stretch' }: Normalization, count: number): Preprocessing | undefined {
  const order = channels ?? (count === 1 ? 'gray' : count === 4 ? 'RGBA' : 'RGB');
  const each = (list: readonly number[]) => (list.length === 1 ? Array.from({ length: count }, () => list[0]!) : [...list]);
  const fits = [mean, std].every((list) => list.length === 1 || list.length === count);
  const numbers = mean.every(Number.isFinite) && std.every((v) => Number.isFinite(v) && v > 0);
  if (!fits || !numbers || channelsIn(order) !== count) return undefined;
  return { resize, channels: order, scale: 1, mean: each(mean), std: each(std) };
}

interface LabelSource {
  from: string;
  /** For messages, where it is more than `from`. */
  path?: string;
  /** Id of a known set. */
  set?: string;
  read(): Promise<readonly string[] | undefined>;
}

function labelSources(model: AboutModel, sidecars: readonly FoundSidecar[], { imagePath }: UnderstandOptions): LabelSource[] {
  const sources: LabelSource[] = [];
  for (const { path, sidecar } of sidecars) {
    const { labels } = sidecar;
    const set = typeof labels === 'string' && !existsSync(join(dirname(path), labels)) ? findLabelSet(labels) : undefined;
    if (set) {
      const from = `${set.label} (${basename(path)})`;
      sources.push({ from, path, set: set.id, read: async () => await namesOf(set, model.classes) });
    } else if (typeof labels === 'string') {
      sources.push({
        from: `${labels} (${basename(path)})`,
        path: join(dirname(path), labels),
        read: async () => await readLabelFile(await besideSidecar(path, labels)),
      });
    } else if (labels) sources.push({ from: basename(path), path, read: async () => labels });
  }
  sources.push({ from: 'the model file', path: model.file, read: async () => model.hints.labels });
  const folder = dirname(resolve(model.file));
  for (const name of labelFileNames) sources.push(besideModel(join(folder, name)));
  sources.push({ from: 'config.json', read: async () => await hubLabels(model.file) });
  if (imagePath !== undefined) {
    sources.push({ from: 'folders beside the image', read: async () => await classFolders(imagePath, model.classes) });
  }
  return sources;
}

/** A label file that may be absent. */
function besideModel(path: string): LabelSource {
  const read = async () =>
    await readLabelFile(path).catch((error: unknown) => {
      if (error instanceof ModelError && error.code === 'file-missing') return undefined;
      throw error;
    });
  return { from: basename(path), path, read };
}

async function findLabels(sources: readonly LabelSource[], classes: number) {
  const warnings: ErrorRecord[] = [];
  for (const { from, path, set, read } of sources) {
    try {
      const labels = await read();
      if (labels === undefined) continue;
      if (labels.length === classes) return { labels, from, set, warnings };
      const error = wrongCount(set ? from : path ? `'${path}'` : from, labels.length, classes);
      warnings.push(toErrorRecord(path ? error.with({ file: path }) : error));
    } catch (error) {
      warnings.push(toErrorRecord(error));
    }
  }
  return { labels: undefined, from: 'unknown', set: undefined, warnings };
}
