import { type Check, type Checked, counted, has, mostJson } from './kind.ts';

interface Group {
  paths: readonly string[];
  bytes: number;
}

type Json = { problem: string } | { groups: readonly Group[] };

/** Bytes that a number takes, by the type it is stored in. */
const sizes: Readonly<Record<string, number>> = {
  ...{ float32: 4, float16: 2, int32: 4, uint8: 1, uint16: 2, bool: 1, complex64: 8, int16: 2, int8: 1, float64: 8 },
};
const mostShards = 10_000;
/** TensorFlow.js cuts weights into files of so many bytes, unless told otherwise. */
const usualShard = 4 * 2 ** 20;

/** TensorFlow.js: model.json is JSON to its end, and its weight files are there with the bytes that its manifest says. */
export const checkTfjs: Check = async (checked) => {
  const { main, name } = checked;
  if (main.bytes === 0) return `${name} is empty.`;
  // The weights' names are in there: without them only time tells.
  if (main.bytes > mostJson) return undefined;
  const json = await checked.read(main, async (reader) => parse((await reader.all(0, main.bytes, mostJson)).toString('utf8'), name));
  return 'problem' in json ? json.problem : await checkShards(checked, json.groups);
};

function parse(text: string, name: string): Json {
  try {
    const { weightsManifest = [] } = JSON.parse(text) as { weightsManifest?: readonly { paths: string[]; weights: object[] }[] };
    return {
      groups: weightsManifest.map(({ paths, weights }) => ({ paths, bytes: weights.reduce((sum, weight) => sum + bytesOf(weight), 0) })),
    };
  } catch (error) {
    // What is wrong in a manifest that is JSON is for whoever reads it to say.
    return error instanceof SyntaxError ? { problem: `${name} is not JSON to its end.` } : { groups: [] };
  }
}

/** NaN where it cannot be known (strings). */
function bytesOf(weight: { shape?: readonly number[]; dtype?: string; quantization?: { dtype?: string } }): number {
  const { shape = [], dtype = '', quantization } = weight;
  return shape.reduce((n, side) => n * side, 1) * (sizes[quantization?.dtype ?? dtype] ?? Number.NaN);
}

async function checkShards({ part }: Checked, groups: readonly Group[]): Promise<string | undefined> {
  const names = groups.flatMap(({ paths }) => paths);
  // Nothing outside of the model's folder is looked at: whoever reads it will say.
  if (names.length > mostShards || names.some((name) => /^[/\\]|:|(^|[/\\])\.\.([/\\]|$)/.test(name))) return undefined;
  const there = new Map(await Promise.all(names.map(async (name) => [name, await part(name)] as const)));
  const missing = names.filter((name) => !there.get(name));
  if (missing.length > 0) {
    const which = missing.length === 1 ? `: ${missing[0]} is missing` : '';
    return `${counted(names.length - missing.length)} of ${counted(names.length)} weight files are there${which}.`;
  }
  for (const { paths, bytes } of groups) {
    const found = paths.map((name) => there.get(name)?.bytes ?? 0);
    const sum = found.reduce((n, size) => n + size, 0);
    if (Number.isNaN(bytes) || sum === bytes) continue;
    return wrongSize(paths, found, bytes);
  }
  return undefined;
}

/** The manifest knows the sum; all files but the last are of one size. */
function wrongSize(paths: readonly string[], found: readonly number[], bytes: number): string {
  const full = [usualShard, Math.max(...found)].find((size) => Math.ceil(bytes / size) === paths.length);
  for (const [i, name] of paths.entries()) {
    const of = paths.length === 1 ? bytes : full === undefined ? Number.NaN : Math.min(full, bytes - i * full);
    if (found[i] !== of && !Number.isNaN(of)) return has(name, found[i] ?? 0, of);
  }
  return `The ${paths.length} weight files from ${paths[0]} on have ${counted(found.reduce((n, size) => n + size, 0))} of ${counted(bytes)} bytes.`;
}
