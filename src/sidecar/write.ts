import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { readFileBounded, replaceFile } from '../formats/file.ts';
import type { ModelInfo } from '../shared/protocol.ts';
import type { Sidecar } from '../shared/sidecar.ts';
import { MAX_SIDECAR_BYTES, ownSidecarPath } from './find.ts';
import { parseJson } from './parse.ts';
import type { Understanding } from './understand.ts';

/**
 * Puts entries into a model's sidecar and returns its path. Entries not given stay, unknown ones too. An existing
 * `MODELNAME.glassbox.json`, else `glassbox.json` in the model's own folder is changed (one above is not: other models use
 * it); otherwise a new one is made, `glassbox.json` for a `model.json`. Throws ModelError: `file-corrupt` if the existing one
 * is no JSON (it is left alone), `file-missing` if it cannot be written.
 */
export async function saveSidecar(modelPath: string, patch: Sidecar): Promise<string> {
  const path = await sidecarToWrite(modelPath);
  const old = (await exists(path)) ? await readObject(path) : {};
  await replaceFile(path, textOf({ ...old, ...patch }), 'sidecar');
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
 * Text of a new sidecar with all that is known. What is not known is left out: a made-up preprocessing would be taken at its
 * word. Unknown class names become `class 0` … for people to replace, where there are few, and where the file says that the
 * outputs are classes: names would make classes of them. Of several outputs the one explained is named.
 */
export function newSidecar(
  { classes, activation, outputs, output }: Pick<ModelInfo, 'classes' | 'activation' | 'outputs' | 'output'>,
  known: Pick<Understanding, 'labels' | 'preprocessing'>,
): string {
  const nameless = classes > 100 || activation === 'none';
  const labels = known.labels ?? (nameless ? undefined : Array.from({ length: classes }, (_, i) => `class ${i}`));
  return textOf({
    ...(labels && { labels }),
    ...(known.preprocessing && { input: known.preprocessing }),
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
