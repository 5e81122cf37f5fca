import { dirname, join, resolve } from 'node:path';
import { readFileBounded } from '../formats/file.ts';
import type { Preprocessing } from '../shared/sidecar.ts';
import { isObject } from './parse.ts';

const MAX_METADATA_BYTES = 16 * 2 ** 20;

/**
 * The preprocessing of a model made with Teachable Machine, told by its metadata.json; undefined for all others.
 * Source: teachablemachine-community, libraries/image/src/utils: centred square, pixel/127 − 1 (127, not 127.5).
 */
export async function teachableMachineInput(modelPath: string, channels: number): Promise<Preprocessing | undefined> {
  const path = join(dirname(resolve(modelPath)), 'metadata.json');
  const json = await readFileBounded(path, { what: 'metadata', maxBytes: MAX_METADATA_BYTES })
    .then((bytes): unknown => JSON.parse(new TextDecoder().decode(bytes)))
    // Absent, or broken: then the search for labels has told.
    .catch(() => undefined);
  if (!isObject(json) || json.packageName !== '@teachablemachine/image' || (channels !== 1 && channels !== 3)) return undefined;
  const each = (value: number) => Array.from({ length: channels }, () => value);
  return { resize: 'cover', channels: channels === 1 ? 'gray' : 'RGB', scale: 1 / 127, mean: each(1), std: each(1) };
}
