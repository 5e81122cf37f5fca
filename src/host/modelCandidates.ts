import { readdir, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { isNamedByFolder, type ModelFormat, modelFormats, modelName } from '../shared/modelFormats.ts';
import { readHead } from './images.ts';
import { sniffBytes, sniffModel } from './modelSniff.ts';

/** A file that looks like a model. */
export interface ModelCandidate {
  path: string;
  /** For people: `modelName`. The engine calls it the same. */
  name: string;
  format: ModelFormat;
  /** With its weight files, where they stand beside it. */
  bytes: number;
  /** ms since 1970. */
  modified: number;
}

/** Undefined: not a model, or gone. */
export async function readCandidate(path: string): Promise<ModelCandidate | undefined> {
  try {
    const own = await stat(path);
    const format = own.isFile() ? sniffModel(path, await readHead(path, sniffBytes(path))) : undefined;
    if (format === undefined) return undefined;
    return { path, name: modelName(path), format, bytes: own.size + (await weightBytes(path, format)), modified: own.mtimeMs };
  } catch {
    return undefined;
  }
}

/** Bytes of the weight files that belong to a model file. */
async function weightBytes(path: string, format: ModelFormat): Promise<number> {
  if (format === 'onnx') return (await sizeOf(`${path}.data`)) + (await sizeOf(`${path}_data`));
  if (format === 'saved-model') return await sizeOfAll(join(dirname(path), 'variables'), /^variables\./);
  return format.startsWith('tfjs-') ? await sizeOfAll(dirname(path), /\.bin$/) : 0;
}

async function sizeOfAll(folder: string, names: RegExp): Promise<number> {
  const files = (await readdir(folder).catch(() => [])).filter((file) => names.test(file));
  const sizes = await Promise.all(files.map((file) => sizeOf(join(folder, file))));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function sizeOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}

/**
 * Models of the image's own folders first, then by folder, numbers in names by value: epoch_2 before epoch_10. Files of
 * one folder stand before its subfolders: the final model before its checkpoints.
 */
export function sortCandidates(candidates: readonly ModelCandidate[], image?: string): ModelCandidate[] {
  const near = (each: ModelCandidate) => (image === undefined ? 0 : -sharedFolders(dirname(each.path), dirname(image)));
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...candidates].sort((a, b) => near(a) - near(b) || order.compare(placeOf(a.path), placeOf(b.path)));
}

/** What a model is for people: its folder where that names it, else its file. */
export function placeOf(path: string): string {
  return isNamedByFolder(path) ? dirname(path) : path;
}

function sharedFolders(a: string, b: string): number {
  const [left, right] = [a.split(sep), b.split(sep)];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? left.length : differs;
}

/** `Keras 3 · 2.1 MB · today 14:03`. */
export function describeCandidate({ format, bytes, modified }: ModelCandidate, now = new Date()): string {
  const date = new Date(modified);
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const when = date.toDateString() === now.toDateString() ? `today ${time}` : `${date.toLocaleDateString()} ${time}`;
  return `${modelFormats[format]} · ${formatBytes(bytes)} · ${when}`;
}

/** `2.1 MB` */
export function formatBytes(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

/** Path as people read it: relative to the folder, with forward slashes. */
export function displayPath(path: string, folder: string | undefined): string {
  const short = folder === undefined ? path : relative(folder, path);
  return (/^\.\.([/\\]|$)/.test(short) ? path : short).replaceAll('\\', '/');
}
