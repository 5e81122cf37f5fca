// Small files that Keras wrote (test/data/kerasFiles/make.py), and what it computes from them.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ModelSource } from '../../src/importers/model.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { repository } from './paths.ts';
import { seeded } from './seeded.ts';

const folder = join(repository, 'test/data/kerasFiles');

export const kerasFiles = readdirSync(folder).flatMap((name) => (/\.(keras|h5)\.gz$/.test(name) ? [name.slice(0, -3)] : []));

export function kerasFile(name: string): Buffer {
  return gunzipSync(readFileSync(join(folder, `${name}.gz`)));
}

const answers = JSON.parse(readFileSync(join(folder, 'answers.json'), 'utf8')) as Record<string, { shape: number[]; scores: number[] }>;

/** The image [1,H,W,C] that Keras was shown, and what it said. */
export function kerasAnswer(net: string): { shape: number[]; image: Float32Array; scores: number[] } {
  const answer = answers[net];
  if (!answer) throw new Error(`answers.json has no ${net}`);
  const length = answer.shape.reduce((n, d) => n * d, 1);
  return { ...answer, image: seeded(length, { name: net, scale: 1 }) };
}

/** A file and those beside it, in memory. */
export function fileInMemory(file: string, bytes: Uint8Array, beside: Readonly<Record<string, Uint8Array>> = {}): ModelSource {
  return {
    file,
    bytes,
    read: async (name) => {
      const content = beside[name];
      if (!content) throw new ModelError('file-missing', `'${name}' is not there.`);
      return content;
    },
  };
}
