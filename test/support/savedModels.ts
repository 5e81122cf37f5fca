// The SavedModels and frozen graphs of test/data/savedmodel, as TensorFlow wrote them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ModelSource } from '../../src/importers/model.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { repository } from './paths.ts';

const folder = join(repository, 'test', 'data', 'savedmodel');

interface Numbers {
  shape: readonly number[];
  data: readonly number[];
}

export interface Expected {
  /** By name in the signature, for the two seeded images. */
  outputs: Readonly<Record<string, Numbers>>;
  /** As far as they are compared, by name. */
  variables: Readonly<Record<string, Numbers>>;
}

const expected = JSON.parse(gunzipSync(readFileSync(join(folder, 'expected.json.gz'))).toString()) as Record<string, Expected>;

export const names: readonly string[] = Object.keys(expected);

export function expectedOf(name: string): Expected {
  return expected[name] as Expected;
}

/** Files of a fixture by name in its folder. */
export type Files = Record<string, Uint8Array>;

export function filesOf(name: string): Files {
  const all = readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.gz'));
  return Object.fromEntries(
    all.map((file) => [
      file.replaceAll('\\', '/').replace(/\.gz$/, ''),
      new Uint8Array(gunzipSync(readFileSync(join(folder, name, file)))),
    ]),
  );
}

/** A source whose files are in memory; `model` is the model file among them. */
export function sourceOf(files: Files, model = 'frozen.pb' in files ? 'frozen.pb' : 'saved_model.pb'): ModelSource {
  return {
    file: `folder/${model}`,
    bytes: files[model] as Uint8Array,
    read: async (name) => {
      const bytes = files[name];
      if (!bytes) throw new ModelError('file-missing', `'${name}' is not there.`);
      return bytes;
    },
  };
}

export function isThere(name: string): boolean {
  return existsSync(join(folder, name));
}
