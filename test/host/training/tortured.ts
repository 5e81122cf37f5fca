// Checkpoints that are rewritten in random pieces, and a journal of what was on disk when.
import { open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Hdf5File } from '../../../src/formats/hdf5/file.ts';
import { decodeModel } from '../../../src/formats/onnx/read.ts';
import { encodeModel } from '../../../src/formats/onnx/write.ts';
import { openZip } from '../../../src/formats/zip.ts';
import type { Random } from '../../../src/shared/random.ts';
import { kerasFile } from '../../support/kerasFiles.ts';
import { sample } from '../../support/paths.ts';
import { zip } from '../../support/zipFiles.ts';

/** Files of a checkpoint by name, as one network and as another. */
export type Files = Readonly<Record<string, Uint8Array>>;
export interface Pair {
  model: string;
  nets: readonly [Files, Files];
  sidecar: object;
}

const shapesSidecar = JSON.parse(await readFile(join(sample, 'models/shapes/glassbox.json'), 'utf8')) as object;

/** The sample's two networks with their weights in three files. */
export async function tfjsPair(): Promise<Pair> {
  const nets = ['shapes', 'shapes-stamp-bug'].map(async (name): Promise<Files> => {
    const folder = join(sample, 'models', name);
    const json = JSON.parse(await readFile(join(folder, 'model.json'), 'utf8'));
    const weights = await readFile(join(folder, 'group1-shard1of1.bin'));
    const shards = [1, 2, 3].map((n) => `group1-shard${n}of3.bin`);
    json.weightsManifest[0].paths = shards;
    const size = Math.ceil(weights.length / 3);
    const parts = shards.map((shard, i) => [shard, weights.subarray(i * size, (i + 1) * size)] as const);
    return { 'model.json': Buffer.from(JSON.stringify(json)), ...Object.fromEntries(parts) };
  });
  return { model: 'model.json', nets: [await nets[0]!, await nets[1]!], sidecar: shapesSidecar };
}

/** The sample's network, and the same with other numbers, of the same length to the byte. */
export async function onnxPair(model: string): Promise<Pair> {
  const bytes = await readFile(join(sample, 'models/shapes.onnx'));
  const decoded = decodeModel(bytes);
  const initializers = decoded.graph.initializers.map((tensor) => {
    if (tensor.dataType !== 1 || !tensor.rawData) return tensor;
    const numbers = new Float32Array(new Uint8Array(tensor.rawData).buffer).map((value, i) => (i % 7 === 3 ? value * 0.5 : value));
    return { ...tensor, rawData: new Uint8Array(numbers.buffer) };
  });
  const other = encodeModel({ ...decoded, graph: { ...decoded.graph, initializers } });
  return { model, nets: [{ [model]: encodeModel(decoded) }, { [model]: other }], sidecar: shapesSidecar };
}

const kerasSidecar = {
  input: { resize: 'stretch', channels: 'RGB', scale: 1 / 255, mean: [0, 0, 0], std: [1, 1, 1] },
};

/** A file of Keras, and the same with other numbers in a dataset. */
export async function hdf5Pair(model: string): Promise<Pair> {
  const bytes = kerasFile('keras2.h5');
  return {
    model,
    nets: [{ [model]: bytes }, { [model]: await otherNumbers(bytes, '/model_weights/fc/fc/kernel:0') }],
    sidecar: kerasSidecar,
  };
}

/** The same in an archive. */
export async function kerasPair(model: string): Promise<Pair> {
  const parts = await Promise.all(
    [...(await openZip(kerasFile('nested.keras'))).values()].map(async ({ name, read }) => ({ name, content: await read() })),
  );
  const dataset = '/layers/dense/vars/0';
  const other = parts.map(async ({ name, content }) => ({
    name,
    content: name.endsWith('.h5') ? await otherNumbers(Buffer.from(content), dataset) : content,
  }));
  return { model, nets: [{ [model]: zip(parts) }, { [model]: zip(await Promise.all(other)) }], sidecar: kerasSidecar };
}

/** The numbers of a dataset lie in the file one after the other, so that they can be changed in place. */
async function otherNumbers(bytes: Buffer, dataset: string): Promise<Buffer> {
  const numbers = (await Hdf5File.open(Uint8Array.from(bytes))).dataset(dataset)?.read();
  if (!numbers) throw new Error(`no ${dataset}`);
  const at = bytes.indexOf(Buffer.from(numbers.buffer));
  if (at < 0) throw new Error(`${dataset} is not in one piece`);
  const other = Buffer.from(bytes);
  Buffer.from(numbers.map((value) => value * -0.5).buffer).copy(other, at);
  return other;
}

export async function writeWhole(folder: string, files: Files): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
}

interface Noted {
  at: number;
  path: string;
  /** Bytes; undefined: not there. */
  size: number | undefined;
}

/** What was done to the disk, by `performance.now()`. */
export class Journal {
  readonly #notes: Noted[] = [];

  note(path: string, size: number | undefined): void {
    this.#notes.push({ at: performance.now(), path, size });
  }

  /** All sizes that a file had from so many ms ago on. */
  sizes(path: string, within: number): (number | undefined)[] {
    const since = performance.now() - within;
    const of = this.#notes.filter((note) => note.path === path);
    const first = of.findLastIndex((note) => note.at <= since);
    return of.slice(Math.max(0, first)).map(({ size }) => size);
  }

  /** ms since anything was done to a file of the folder. */
  quiet(folder: string): number {
    const last = this.#notes.findLast(({ path }) => dirname(path) === folder);
    return last ? performance.now() - last.at : Number.POSITIVE_INFINITY;
  }
}

/** How late everything is on a busy machine: the longest that a timer and a question to the disk took of late, ms. */
export class Lateness {
  #found: { at: number; ms: number }[] = [];
  #isOn = true;

  constructor() {
    void this.#measure();
  }

  get worst(): number {
    const now = performance.now();
    this.#found = this.#found.filter(({ at }) => now - at < 15_000);
    return Math.max(0, ...this.#found.map(({ ms }) => ms));
  }

  stop(): void {
    this.#isOn = false;
  }

  async #measure(): Promise<void> {
    while (this.#isOn) {
      const began = performance.now();
      await sleep(50);
      for (let i = 0; i < 4; i++) await stat(sample);
      const now = performance.now();
      this.#found.push({ at: now, ms: now - began - 50 });
    }
  }
}

const ways = ['truncate', 'replace', 'in place', 'remove'] as const;

/** Rewrites checkpoints, and knows how long it really paused: on a busy machine longer than it wanted. */
export class Writer {
  readonly #random: Random;
  readonly #journal: Journal;
  #last = 0;
  #isWriting = false;
  #longest = 0;

  constructor(random: Random, journal: Journal) {
    this.#random = random;
    this.#journal = journal;
  }

  /** Writes all files in random order, one after the other, each in random pieces and in a random way. */
  async rewrite(folder: string, files: Files): Promise<void> {
    this.#last = performance.now();
    this.#longest = 0;
    this.#isWriting = true;
    const order = Object.keys(files)
      .map((name) => ({ name, rank: this.#random.uniform() }))
      .sort((a, b) => a.rank - b.rank);
    for (const { name } of order) await this.#write(join(folder, name), files[name]!, ways[this.#random.below(ways.length)]!);
    this.#did();
    this.#isWriting = false;
  }

  /** The longest pause of the rewriting under way, or of the last one, ms. */
  get longest(): number {
    return Math.max(this.#longest, this.#isWriting ? performance.now() - this.#last : 0);
  }

  /** Short pauses are frequent, long ones come, too: 0 to 400 ms. */
  async pause(): Promise<void> {
    await sleep(400 * this.#random.uniform() ** 2);
  }

  #did(): void {
    const now = performance.now();
    this.#longest = Math.max(this.#longest, now - this.#last);
    this.#last = now;
  }

  async #write(path: string, bytes: Uint8Array, way: (typeof ways)[number]): Promise<void> {
    const target = way === 'replace' ? `${path}.tmp` : path;
    const known = way === 'replace' ? undefined : this.#journal;
    if (way === 'remove') {
      // Noted before it is done: whoever looks may see it before this hears that it is done.
      this.#journal.note(path, undefined);
      await rm(path, { force: true });
      this.#did();
      await this.pause();
    }
    const cuts = Array.from({ length: this.#random.below(3) }, () => this.#random.below(bytes.length)).sort((a, b) => a - b);
    if (way !== 'in place') known?.note(path, 0);
    const handle = await open(target, way === 'in place' ? 'r+' : 'w').catch(async () => await open(target, 'w'));
    const { size } = await handle.stat();
    try {
      this.#did();
      for (const [i, end] of [...cuts, bytes.length].entries()) {
        await this.pause();
        const start = cuts[i - 1] ?? 0;
        known?.note(path, Math.max(size, end));
        await handle.write(bytes, start, end - start, start);
        this.#did();
      }
      known?.note(path, bytes.length);
      await handle.truncate(bytes.length);
    } finally {
      await handle.close();
    }
    this.#journal.note(path, bytes.length);
    if (way === 'replace') await rename(target, path);
    this.#did();
  }
}

/** `late`: how late everything may be, ms. Whether a sentence about an incomplete checkpoint was true of the disk a moment ago; the sentence itself where it was not. */
export function untrue(journal: Journal, folder: string, files: Files, why: string, late: number): string | undefined {
  // A look asks for many files one after the other.
  const within = 2_000 + 10 * late;
  const number = (text: string | undefined) => Number(text?.replaceAll(',', ''));
  const sizes = (name: string) => journal.sizes(join(folder, name), within);
  const names = Object.keys(files);
  const was = (name: string, is: (size: number | undefined) => boolean) => sizes(name).some(is);
  const isPart = (name: string) => was(name, (size) => size !== undefined && size !== files[name]?.length);
  const has = /^(\S+) has ([\d,]+) of ([\d,]+) bytes\.$/.exec(why);
  const there = /^(\d+) of (\d+) (weight files are there|files were written anew)/.exec(why);
  const named = /^(\S+) (is not there|is empty|ends in the middle|ends within|is not JSON|has no graph|ends before|is being written)/.exec(
    why,
  );
  const quiet = journal.quiet(folder);
  const isTrue = has
    ? was(has[1]!, (size) => size === number(has[2])) && number(has[3]) === files[has[1]!]?.length
    : there
      ? Number(there[2]) <= names.length &&
        (there[3]!.startsWith('files') ? quiet < 3_000 + within : names.some((name) => was(name, (size) => size === undefined)))
      : named
        ? was(named[1]!, (size) => (named[2] === 'is not there' ? size === undefined : named[2] === 'is empty' ? size === 0 : true)) &&
          (!/^ends|JSON|graph|being/.test(named[2]!) || isPart(named[1]!) || was(named[1]!, (size) => size === files[named[1]!]?.length))
        : /^The archive's (end|directory)/.test(why)
          ? names.some(isPart) || quiet < within
          : /^It was written to a moment ago|^It may still be being written/.test(why) && quiet < 3_000 + within;
  return isTrue
    ? undefined
    : `${basename(folder)}: ${why} (${names.map((name) => `${name} ${sizes(name)}`).join('; ')}; quiet for ${Math.round(quiet)} ms, late by ${Math.round(late)} ms)`;
}
