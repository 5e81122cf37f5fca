// Networks of torchvision and timm as PyTorch's exporters write them (test/data/torch/make.py): topologies whose large weights are made anew here.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { float32, type Tensor } from '../../src/graph/graph.ts';
import type { ModelSource } from '../../src/importers/model.ts';
import { seeded } from './seeded.ts';

export interface ZooEntry {
  /** `resnet18.legacy.onnx.gz`. */
  file: string;
  /** Rows and columns of the image. */
  side: number;
  logits: readonly number[];
}

export interface Zoo {
  folder: string;
  entries: readonly ZooEntry[];
}

export function zooIn(folder: string): Zoo {
  const index = join(folder, 'index.json');
  return { folder, entries: existsSync(index) ? (JSON.parse(readFileSync(index, 'utf8')) as ZooEntry[]) : [] };
}

/** What is committed. */
export const committedZoo = zooIn(fileURLToPath(new URL('../data/torch', import.meta.url)));

/** `location` of external data is `I_COUNT_SCALE_OFFSET`: what it takes to make it. */
export function zooSource(folder: string, { file }: ZooEntry): ModelSource {
  return {
    file: file.replace(/\.gz$/, ''),
    bytes: gunzipSync(readFileSync(join(folder, file))),
    read: async (location) => {
      const [name, count, scale, offset] = location.split('_') as [string, string, string, string];
      return new Uint8Array(seeded(Number(count), { name, scale: Number(scale), offset: Number(offset) }).buffer);
    },
  };
}

/** The image all networks see. */
export function zooImage({ side }: ZooEntry): Tensor {
  return float32([1, 3, side, side], seeded(3 * side * side, { name: 'input', scale: 1 }));
}

/** Largest difference, relative to the largest logit. */
export function apart(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  const largest = Math.max(...expected.map(Math.abs));
  return Math.max(...expected.map((e, i) => Math.abs((actual[i] as number) - e))) / largest;
}
