// Networks of keras.applications with seeded weights: their configs and Keras' own logits (test/data/keras-applications/make.py).
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import { importKeras } from '../../src/importers/keras/import.ts';
import type { JsonObject } from '../../src/importers/keras/json.ts';
import { parseModel } from '../../src/importers/keras/parse.ts';
import { permute } from '../../src/importers/keras/permute.ts';
import type { Model } from '../../src/importers/model.ts';
import { weightsByName } from '../../src/importers/tfjs/weightNames.ts';
import { repository } from './paths.ts';
import { seeded } from './seeded.ts';

/** Name, shape, scale and offset of seeded values. */
type Seeded = readonly [name: string, shape: number[], scale: number, offset: number];

export interface Application {
  name: string;
  config: { class_name: string; config: JsonObject };
  /** In Keras' order. */
  weights: readonly Seeded[];
  /** One image, channels-last. */
  input: Seeded;
  /** Of the image, and of a quarter of it. */
  logits: readonly (readonly number[])[];
}

const folder = join(repository, 'test/data/keras-applications');

export const applicationNames = readdirSync(folder).flatMap((file) => (file.endsWith('.json.gz') ? [file.slice(0, -8)] : []));

export function readApplication(name: string): Application {
  const json = gunzipSync(readFileSync(join(folder, `${name}.json.gz`))).toString();
  return { name, ...(JSON.parse(json) as Omit<Application, 'name'>) };
}

export function importApplication({ name, config, weights }: Application): Model {
  const stored = weights.map((entry) => ({ name: entry[0], shape: entry[1], read: () => valuesOf(entry) }));
  const imported = importKeras({
    model: parseModel(config.class_name, config.config, '/config'),
    kerasVersion: '3.15.1',
    weights: weightsByName(stored),
    inputSize: undefined,
    output: undefined,
  });
  return { format: 'keras', file: `${name}.keras`, hash: name, ...imported };
}

/** The images the logits are of, channels-first. */
export function imagesOf({ input, logits }: Application): Tensor {
  const [, [, height, width, channels]] = input as [string, [number, number, number, number], number, number];
  const { data } = permute(valuesOf(input), [height, width, channels], [2, 0, 1]);
  const images = new Float32Array(logits.length * data.length);
  for (const i of logits.keys()) images.set(i === 0 ? data : data.map((v) => v / 4), i * data.length);
  return float32([logits.length, channels, height, width], images);
}

function valuesOf([name, shape, scale, offset]: Seeded): Float32Array {
  return seeded(
    shape.reduce((n, d) => n * d, 1),
    { name, scale, offset },
  );
}
