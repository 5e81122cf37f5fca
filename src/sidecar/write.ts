import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { readFileBounded, replaceFile } from '../formats/file.ts';
import { ModelError } from '../shared/errors.ts';
import type { ModelInfo } from '../shared/protocol.ts';
import type { InputSize, InputValues, Preprocessing, Sidecar } from '../shared/sidecar.ts';
import { MAX_SIDECAR_BYTES, ownSidecarPath, readSidecars } from './find.ts';
import { isObject, parseJson } from './parse.ts';
import type { Understanding } from './understand.ts';

/** What can be put into a sidecar; an entry that is undefined is taken out. */
export type SidecarPatch = { [K in 'labels' | 'input' | 'inputs' | 'output']?: Sidecar[K] | undefined };

/**
 * Puts entries into a model's sidecar and returns its path. Entries not given stay, unknown ones too. An existing
 * `MODELNAME.glassbox.json`, else `glassbox.json` in the model's own folder is changed (one above is not: other models use
 * it); otherwise a new one is made, `glassbox.json` for a `model.json`. Throws ModelError: `file-corrupt` if the existing one
 * is no JSON (it is left alone), `file-missing` if it cannot be written.
 */
export async function saveSidecar(modelPath: string, patch: SidecarPatch): Promise<string> {
  return await change(modelPath, () => patch);
}

/** Saves how images are prepared. A size that is there and not in question stays. */
export async function savePreprocessing(modelPath: string, preprocessing: Preprocessing): Promise<string> {
  return await change(modelPath, ({ input }) => ({
    input: isObject(input) && input.size !== undefined ? { size: input.size, ...preprocessing } : preprocessing,
  }));
}

/** Saves the size of an input that the model leaves open, and nothing else of its preparation. */
export async function saveInputSize(modelPath: string, size: InputSize): Promise<string> {
  return await change(modelPath, ({ input }) => ({ input: { ...(isObject(input) ? input : {}), size } }));
}

/** Saves values of inputs that are no image; those of other inputs stay. */
export async function saveInputs(modelPath: string, values: InputValues): Promise<string> {
  return await change(modelPath, ({ inputs }) => ({ inputs: { ...(isObject(inputs) ? inputs : {}), ...values } }));
}

/**
 * Takes a known set of class names out of the sidecar that names it. Throws ModelError('labels') if that is one above the
 * model's folder: other models use it.
 */
export async function forgetLabelSet(modelPath: string): Promise<void> {
  const { sidecars } = await readSidecars(modelPath);
  const found = sidecars.find(({ sidecar }) => sidecar.labels !== undefined);
  if (typeof found?.sidecar.labels !== 'string') return;
  if (dirname(found.path) !== dirname(resolve(modelPath))) {
    throw new ModelError('labels', `The class names come from '${found.path}', which other models use, too.`, {
      file: found.path,
      hint: 'Open it and remove "labels" there, or give this model names in a sidecar of its own.',
    });
  }
  const { labels: _, ...rest } = await readObject(found.path);
  await replaceFile(found.path, textOf(rest), 'sidecar');
}

async function change(modelPath: string, patch: (old: Record<string, unknown>) => object): Promise<string> {
  const path = await sidecarToWrite(modelPath);
  const old = (await exists(path)) ? await readObject(path) : {};
  await replaceFile(path, textOf({ ...old, ...patch(old) }), 'sidecar');
  return path;
}

/** The sidecar that `saveSidecar` changes or makes. */
export async function sidecarToWrite(modelPath: string): Promise<string> {
  const own = ownSidecarPath(modelPath);
  const shared = join(dirname(resolve(modelPath)), 'glassbox.json');
  if (await exists(own)) return own;
  return (await exists(shared)) || basename(modelPath) === 'model.json' ? shared : own;
}

/**
 * Text of a new sidecar with all that is known. What is not known or guessed is left out: a made-up preprocessing would be taken
 * at its word. Unknown class names become `class 0` … for people to replace, where there are few, and where the file says that the
 * outputs are classes: names would make classes of them. Of several outputs the one explained is named.
 */
export function newSidecar(
  { classes, activation, outputs, output }: Pick<ModelInfo, 'classes' | 'activation' | 'outputs' | 'output'>,
  known: Pick<Understanding, 'labels' | 'labelSet' | 'preprocessing' | 'preprocessingGuessed'>,
): string {
  const nameless = classes > 100 || activation === 'none';
  const labels = known.labelSet ?? known.labels ?? (nameless ? undefined : Array.from({ length: classes }, (_, i) => `class ${i}`));
  return textOf({
    ...(labels && { labels }),
    ...(known.preprocessing && !known.preprocessingGuessed && { input: known.preprocessing }),
    ...(outputs.length > 1 && { output }),
  });
}

function textOf(sidecar: object): string {
  return `${JSON.stringify(sidecar, undefined, 2)}\n`;
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function readObject(path: string): Promise<Record<string, unknown>> {
  const bytes = await readFileBounded(path, { what: 'sidecar', maxBytes: MAX_SIDECAR_BYTES });
  return parseJson(new TextDecoder().decode(bytes), path);
}
