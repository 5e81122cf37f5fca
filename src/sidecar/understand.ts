import { basename, dirname, join, resolve } from 'node:path';
import type { Model } from '../importers/model.ts';
import { type ErrorRecord, ModelError, toErrorRecord } from '../shared/errors.ts';
import type { Preprocessing } from '../shared/sidecar.ts';
import { rawPixels } from './candidates.ts';
import { classFolders } from './classFolders.ts';
import { besideSidecar, type FoundSidecar, readSidecars } from './find.ts';
import { readLabelFile, wrongCount } from './labels.ts';
import { teachableMachineInput } from './teachableMachine.ts';

/** What a model file does not say: class names and preprocessing, and where they come from. */
export interface Understanding {
  /** One name per class, or undefined. */
  labels: readonly string[] | undefined;
  /** A phrase for people: `glassbox.json`, `labels.txt`, `folders beside the image`, `unknown`. */
  labelsFrom: string;
  /** Undefined: ask. */
  preprocessing: Preprocessing | undefined;
  preprocessingFrom: string;
  /** The sidecar with the highest precedence, where there is one. */
  sidecarPath: string | undefined;
  warnings: readonly ErrorRecord[];
}

type AboutModel = Pick<Model, 'file' | 'classes' | 'hints' | 'input'>;

export interface UnderstandOptions {
  /** An image to be explained: its folders may name the classes. */
  imagePath?: string;
}

const labelFileNames = ['labels.txt', 'labels.json', 'class_names.txt', 'metadata.json'] as const;

/**
 * Labels: sidecar, names stored in the model, label files beside it, class folders of the data. Preprocessing: sidecar,
 * layers in the model that rescale, Teachable Machine's metadata. Labels of the wrong length are never used, cut or shifted:
 * the next source is asked.
 */
export async function understand(model: AboutModel, options: UnderstandOptions = {}): Promise<Understanding> {
  const { sidecars, warnings } = await readSidecars(model.file);
  const found = await findLabels(labelSources(model, sidecars, options), model.classes);
  return {
    labels: found.labels,
    labelsFrom: found.from,
    ...(await findPreprocessing(model, sidecars)),
    sidecarPath: sidecars[0]?.path,
    warnings: [...warnings, ...found.warnings],
  };
}

async function findPreprocessing(
  model: AboutModel,
  sidecars: readonly FoundSidecar[],
): Promise<Pick<Understanding, 'preprocessing' | 'preprocessingFrom'>> {
  for (const { path, sidecar } of sidecars) {
    if (sidecar.input) return { preprocessing: sidecar.input, preprocessingFrom: basename(path) };
  }
  const { channels } = model.input;
  const layers = model.hints.rescaling ?? [];
  if (layers.length > 0) {
    const names = layers.map((layer) => `'${layer}'`).join(', ');
    return { preprocessing: rawPixels(channels), preprocessingFrom: `layer${layers.length > 1 ? 's' : ''} ${names}` };
  }
  const preprocessing = await teachableMachineInput(model.file, channels);
  return { preprocessing, preprocessingFrom: preprocessing ? 'metadata.json (Teachable Machine)' : 'unknown' };
}

interface LabelSource {
  from: string;
  /** For messages, where it is more than `from`. */
  path?: string;
  read(): Promise<readonly string[] | undefined>;
}

function labelSources(model: AboutModel, sidecars: readonly FoundSidecar[], { imagePath }: UnderstandOptions): LabelSource[] {
  const sources: LabelSource[] = [];
  for (const { path, sidecar } of sidecars) {
    const { labels } = sidecar;
    if (typeof labels === 'string') {
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
  for (const { from, path, read } of sources) {
    try {
      const labels = await read();
      if (labels === undefined) continue;
      if (labels.length === classes) return { labels, from, warnings };
      const error = wrongCount(path ? `'${path}'` : from, labels.length, classes);
      warnings.push(toErrorRecord(path ? error.with({ file: path }) : error));
    } catch (error) {
      warnings.push(toErrorRecord(error));
    }
  }
  return { labels: undefined, from: 'unknown', warnings };
}
