import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { readHead } from './images.ts';

/** A file that looks like a model. */
export interface ModelCandidate {
  path: string;
  /** For people: the folder's name for `model.json`, else the file's. The engine calls it the same. */
  name: string;
  format: 'TensorFlow.js' | 'ONNX';
  /** With its weight files, where they stand beside it. */
  bytes: number;
  /** ms since 1970. */
  modified: number;
}

/** Enough of a model.json to tell what it is: the topology stands before the weights, or the weights are few. */
const headBytes = 256 * 1024;

export function modelName(path: string): string {
  const file = basename(path);
  return file === 'model.json' ? basename(dirname(path)) : file;
}

/** Undefined: not a model, or gone. */
export async function readCandidate(path: string): Promise<ModelCandidate | undefined> {
  try {
    const own = await stat(path);
    if (!own.isFile()) return undefined;
    const common = { path, name: modelName(path), modified: own.mtimeMs };
    if (/\.onnx$/i.test(path)) {
      if (isExplanation(await readHead(path, 64))) return undefined;
      const external = await stat(`${path}.data`).catch(() => undefined);
      return { ...common, format: 'ONNX', bytes: own.size + (external?.size ?? 0) };
    }
    if (!isLayersModel((await readHead(path, headBytes)).toString('utf8'))) return undefined;
    return { ...common, format: 'TensorFlow.js', bytes: own.size + (await weightBytes(dirname(path))) };
  } catch {
    return undefined;
  }
}

/** Tells a TensorFlow.js Layers model from other JSON by its head; graph models have nodes instead of layers. */
export function isLayersModel(head: string): boolean {
  if (/"format"\s*:\s*"graph-model"/.test(head)) return false;
  return (
    /"(modelTopology|model_config|weightsManifest)"|^\s*\{\s*"class_name"/.test(head) && !/"modelTopology"\s*:\s*\{\s*"node"/.test(head)
  );
}

/** An explanation that Glassbox exported: its ONNX model names it as the producer (field 2, right behind the IR version). */
function isExplanation(head: Buffer): boolean {
  return head.includes('\x12\x08Glassbox');
}

async function weightBytes(folder: string): Promise<number> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.bin'));
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(folder, file))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

/**
 * Models of the image's own folders first, then by folder, numbers in names by value: epoch_2 before epoch_10. Files of
 * one folder stand before its subfolders: the final model before its checkpoints.
 */
export function sortCandidates(candidates: readonly ModelCandidate[], image?: string): ModelCandidate[] {
  const near = (each: ModelCandidate) => (image === undefined ? 0 : -sharedFolders(dirname(each.path), dirname(image)));
  const place = (each: ModelCandidate) => (basename(each.path).toLowerCase() === 'model.json' ? dirname(each.path) : each.path);
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...candidates].sort((a, b) => near(a) - near(b) || order.compare(place(a), place(b)));
}

function sharedFolders(a: string, b: string): number {
  const [left, right] = [a.split(sep), b.split(sep)];
  const differs = left.findIndex((part, index) => part !== right[index]);
  return differs < 0 ? left.length : differs;
}

/** `TensorFlow.js · 2.1 MB · today 14:03`. */
export function describeCandidate({ format, bytes, modified }: ModelCandidate, now = new Date()): string {
  const date = new Date(modified);
  const time = date.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
  const when = date.toDateString() === now.toDateString() ? `today ${time}` : `${date.toLocaleDateString()} ${time}`;
  return `${format} · ${formatBytes(bytes)} · ${when}`;
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
