import { realpath } from 'node:fs/promises';
import { basename, dirname, extname, isAbsolute, join, resolve } from 'node:path';
import { readFileBounded } from '../formats/file.ts';
import { isInside } from '../formats/inside.ts';
import { type ErrorRecord, ModelError, toErrorRecord } from '../shared/errors.ts';
import type { InputSize, InputValues, Sidecar } from '../shared/sidecar.ts';
import { parseSidecar } from './parse.ts';

export const MAX_SIDECAR_BYTES = 64 * 2 ** 20;

export interface FoundSidecar {
  path: string;
  sidecar: Sidecar;
}

/** The sidecars of a model by precedence, with what is wrong in them. */
export interface FoundSidecars {
  sidecars: readonly FoundSidecar[];
  warnings: readonly ErrorRecord[];
}

/** `MODELNAME.glassbox.json` for a model file (`model.glassbox.json` for `model.json`). */
export function ownSidecarPath(modelPath: string): string {
  const path = resolve(modelPath);
  return join(dirname(path), `${basename(path, extname(path))}.glassbox.json`);
}

/** Where a model's sidecar may be, by precedence: `MODELNAME.glassbox.json`, `glassbox.json` beside it, `glassbox.json` above. */
export function sidecarPaths(modelPath: string): readonly string[] {
  const folder = dirname(resolve(modelPath));
  const paths = [ownSidecarPath(modelPath), join(folder, 'glassbox.json'), join(dirname(folder), 'glassbox.json')];
  return [...new Set(paths)];
}

/**
 * Reads every sidecar there is. Each entry (labels, input, inputs, output, and the size in `input`) counts from the first that has it, so that a model's own file can
 * hold the preprocessing only and leave the labels to the one above.
 */
export async function readSidecars(modelPath: string): Promise<FoundSidecars> {
  const sidecars: FoundSidecar[] = [];
  const warnings: ErrorRecord[] = [];
  for (const path of sidecarPaths(modelPath)) {
    try {
      const bytes = await readFileBounded(path, { what: 'sidecar', maxBytes: MAX_SIDECAR_BYTES });
      const parsed = parseSidecar(new TextDecoder().decode(bytes), path);
      sidecars.push({ path, sidecar: parsed.sidecar });
      warnings.push(...parsed.warnings);
    } catch (error) {
      if (isAbsent(error)) continue;
      sidecars.push({ path, sidecar: {} });
      warnings.push(toErrorRecord(error));
    }
  }
  return { sidecars, warnings };
}

function isAbsent(error: unknown): boolean {
  const cause = error instanceof ModelError ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
}

/** What sidecars tell an importer: `ModelChoices`, but for a size that each image decides on. */
export interface SidecarChoices {
  inputSize?: InputSize;
  inputs?: InputValues;
  output?: string;
}

export async function sidecarChoices(modelPath: string): Promise<SidecarChoices> {
  const { sidecars } = await readSidecars(modelPath);
  const first = <T>(entry: (sidecar: Sidecar) => T | undefined) =>
    sidecars.map(({ sidecar }) => entry(sidecar)).find((v) => v !== undefined);
  const inputSize = first(({ input, size }) => input?.size ?? size);
  // Each input for itself, as each entry.
  const inputs = Object.assign({}, ...sidecars.map(({ sidecar }) => sidecar.inputs ?? {}).reverse()) as InputValues;
  const output = first((sidecar) => sidecar.output);
  return { ...(inputSize && { inputSize }), ...(Object.keys(inputs).length > 0 && { inputs }), ...(output !== undefined && { output }) };
}

/** Path of a file that a sidecar names. Throws ModelError('labels') if it is outside the sidecar's folder. */
export async function besideSidecar(sidecarPath: string, name: string): Promise<string> {
  const folder = dirname(sidecarPath);
  const path = resolve(folder, name);
  // The link's target counts, too: a sidecar from elsewhere must not make us read any file of this machine.
  const [realFolder, realFile] = await Promise.all([realpath(folder), realpath(path).catch(() => path)]);
  if (isAbsolute(name) || /(^|[\\/])\.\.([\\/]|$)/.test(name) || (realFile !== path && !isInside(realFolder, realFile))) {
    throw new ModelError('labels', `The sidecar '${sidecarPath}' names '${name}', which is outside its folder.`, {
      file: sidecarPath,
      where: '/labels',
      hint: 'Copy the label file beside the sidecar.',
    });
  }
  return path;
}
