import { writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { Prepared } from '../engine/inputs.ts';
import { writeNpy } from '../formats/npy.ts';
import type { RgbImage } from '../image/decode.ts';
import { overlayPng } from '../image/overlay.ts';
import type { ExplanationMap } from '../shared/protocol.ts';
import type { MapResult } from './result.ts';
import type { Subject } from './subjects.ts';

export type MapFiles = Pick<MapResult, 'file' | 'overlay'>;

/** Writes results into a folder. */
export class Writer {
  readonly #folder: string;
  readonly #numbered: boolean;
  #count = 0;

  constructor(folder: string, files: number) {
    this.#folder = folder;
    this.#numbered = files > 1;
  }

  /** The files of one image: `name.method.variant.layer.classN.npy`, numbered in front where there are several images. */
  async start(subject: Subject, input: Prepared): Promise<ImageFiles> {
    const index = /\[\d+\]$/.exec(subject.name)?.[0] ?? '';
    const path = subject.name.slice(0, subject.name.length - index.length);
    const number = this.#numbered || index !== '' ? `${String(this.#count++).padStart(3, '0')}-` : '';
    const stem = join(this.#folder, `${number}${plain(basename(path, extname(path)))}`);
    return new ImageFiles(stem, await subject.picture(), input);
  }
}

/** Writes the files of one image; no two have the same name. */
export class ImageFiles {
  readonly #stem: string;
  readonly #picture: RgbImage | undefined;
  readonly #input: Prepared;
  readonly #taken = new Set<string>();

  constructor(stem: string, picture: RgbImage | undefined, input: Prepared) {
    this.#stem = stem;
    this.#picture = picture;
    this.#input = input;
  }

  async save(map: ExplanationMap): Promise<MapFiles> {
    const { height, width, values, relu, signed } = map;
    const stem = this.name(map);
    await writeFile(`${stem}.npy`, writeNpy(values, [height, width]));
    if (!this.#picture) return { file: `${stem}.npy`, overlay: null };
    await writeFile(`${stem}.png`, await overlayPng(this.#picture, map, { relu, signed, covers: this.#input.fed.covers }));
    return { file: `${stem}.npy`, overlay: `${stem}.png` };
  }

  /** A name without extension that nothing else of this image has: `…/cat.grad-cam.standard.conv5.class3`, `class3-1` where 3 is held against 1. */
  name({ method, variant, layer, class: of, against }: ExplanationMap): string {
    const target = `class${of.index}${against ? `-${against.index}` : ''}`;
    return this.#free(`${this.#stem}.${method}.${variant}.${plain(layer)}.${target}`);
  }

  async saveLogits(logits: Float32Array): Promise<string> {
    const file = `${this.#stem}.logits.npy`;
    await writeFile(file, writeNpy(logits, [logits.length]));
    return file;
  }

  /** Layers `a/b` and `a:b` both become `a_b`, and some file systems know no case. */
  #free(stem: string): string {
    let free = stem;
    for (let n = 2; this.#taken.has(free.toLowerCase()); n++) free = `${stem}-${n}`;
    this.#taken.add(free.toLowerCase());
    return free;
  }
}

/** A name that every file system takes. */
function plain(name: string): string {
  return name.replace(/[^\p{L}\p{N}_.-]+/gu, '_').slice(-100);
}
