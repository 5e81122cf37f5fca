// The small .tflite files of test/data/tflite, and what TensorFlow's interpreter computes with them.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { openModel } from '../../src/importers/index.ts';
import type { Model, ModelSource } from '../../src/importers/model.ts';
import { repository } from './paths.ts';

export type Kind = 'float' | 'float16' | 'dynamic' | 'int8' | 'uint8' | 'implied';
interface Expected {
  output: Float32Array;
  logits: Float32Array;
  /** SHA-256 of the dequantised values, by name. */
  weights: Readonly<Record<string, string>>;
}
export interface OperatorCase {
  name: string;
  kinds: readonly string[];
  model: Uint8Array;
  output: Float32Array;
}

const folder = join(repository, 'test', 'data', 'tflite');
const raw = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));

export function tflite(kind: Kind): Uint8Array {
  return new Uint8Array(readFileSync(join(folder, `${kind}.tflite`)));
}

/** [1,16,16,3] as the file's axes are. */
export const image = floats(raw.image);

export function expected(kind: Kind): Expected {
  const { output, logits, weights } = raw[kind];
  return { output: floats(output), logits: floats(logits), weights };
}

export function operatorCases(): OperatorCase[] {
  const cases = JSON.parse(gunzipSync(readFileSync(join(folder, 'operators.json.gz'))).toString());
  return cases.map(({ model, output, ...rest }: Record<string, string>) => ({
    ...rest,
    model: new Uint8Array(Buffer.from(model as string, 'base64')),
    output: floats(output as string),
  }));
}

export function openBytes(bytes: Uint8Array, choices: Partial<ModelSource> = {}): Promise<Model> {
  const read = () => Promise.reject(new Error('no file beside it'));
  return openModel({ file: 'model.tflite', bytes, read, ...choices });
}

/** [1,H,W,C] as [1,C,H,W]. */
export function channelsFirst(values: Float32Array, height: number, width: number, channels: number): Float32Array {
  return values.map((_, i) => {
    const [c, cell] = [Math.floor(i / (height * width)), i % (height * width)];
    return values[cell * channels + c] as number;
  });
}

function floats(text: string): Float32Array {
  return new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer);
}
