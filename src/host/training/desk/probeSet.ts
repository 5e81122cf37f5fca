import type * as vscode from 'vscode';
import type { Probe } from '../../../shared/trainingProtocol.ts';
import { probeNames } from './probeNames.ts';
import { sampleProbes } from './sampleProbes.ts';

/** What a person wants, kept per workspace; absolute paths. */
interface Wishes {
  pinned: readonly string[];
  /** Not to be taken into the sample. */
  left: readonly string[];
}

const key = 'probes';
/** So many images where a person has pinned fewer. */
const usual = 12;
/** More are not looked at. */
export const mostProbes = 64;

/** The images whose explanation is followed through a run. */
export class ProbeSet {
  readonly #state: vscode.Memento;

  constructor(state: vscode.Memento) {
    this.#state = state;
  }

  /** Those that a person pinned first, then a balanced sample of the data set. */
  of(dataset: readonly string[]): Probe[] {
    const { pinned, left } = this.#wishes();
    const others = dataset.filter((image) => !pinned.includes(image) && !left.includes(image));
    const sample = sampleProbes(others, Math.max(0, usual - pinned.length));
    const all = [...pinned, ...sample];
    const names = probeNames(all);
    return all.map((path, i) => ({ path, name: names[i]!, pinned: i < pinned.length }));
  }

  async pin(images: readonly string[]): Promise<void> {
    const { pinned, left } = this.#wishes();
    const all = [...new Set([...pinned, ...images])].slice(0, mostProbes);
    await this.#state.update(key, { pinned: all, left: left.filter((image) => !all.includes(image)) } satisfies Wishes);
  }

  /** A pinned one is no longer pinned; one of the sample is left out of it. */
  async remove(image: string): Promise<void> {
    const { pinned, left } = this.#wishes();
    const isPinned = pinned.includes(image);
    const wishes: Wishes = { pinned: pinned.filter((each) => each !== image), left: isPinned ? left : [...left, image] };
    await this.#state.update(key, wishes);
  }

  #wishes(): Wishes {
    return this.#state.get<Wishes>(key, { pinned: [], left: [] });
  }
}
