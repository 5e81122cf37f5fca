// Runs in the browser, before the page: plays the extension's side of the page about the feature space. Tests steer it through
// `window.spaceHost`. What it answers stands in `answers/`, a file per part of the page.
import { cancelled } from '../../../src/shared/errors.ts';
import { type CallContext, emit, type Handlers, serve } from '../../../src/shared/rpc.ts';
import type {
  FeatureLayer,
  Indexing,
  SpacePageCalls,
  SpacePageEvents,
  SpaceRows,
  SpaceSubject,
} from '../../../src/shared/spaceProtocol.ts';
import { plugIn, SteeredHost, sleep } from '../steered.ts';
import type { Answer, Answers } from './answers/answer.ts';
import { answers } from './answers/index.ts';
import { rowsOf } from './made.ts';
import type { SpaceScene } from './scene.ts';

declare global {
  interface Window {
    spaceHost: SpaceTestHost;
  }
}

export class SpaceTestHost extends SteeredHost {
  scene: SpaceScene;
  /** What comes in steps waits `ms` before each; from the share `stopAt` of all steps on, it stays there until that is raised. */
  pace = { ms: 5, stopAt: Number.POSITIVE_INFINITY };
  indexing: Indexing;
  /** Images whose features are there. */
  indexed: number;
  readonly #rows = new Map<string, SpaceRows>();

  constructor(scene: SpaceScene) {
    super();
    this.scene = scene;
    this.indexed = scene.indexed;
    const none = { done: 0, total: 0, secondsLeft: undefined, skipped: [], skippedCount: 0, error: undefined };
    this.indexing = { state: 'idle', layer: scene.defaultLayer, ...none };
    const names = Object.keys(answers) as (keyof SpacePageCalls)[];
    serve<SpacePageCalls>(this.port, Object.fromEntries(names.map((name) => [name, this.#handler(name)])) as Handlers<SpacePageCalls>);
  }

  subject(): SpaceSubject {
    return { ...this.scene.subject, generation: this.generation };
  }

  /** Another model or data set in the same panel. */
  show(patch: Partial<SpaceScene>): void {
    this.scene = { ...this.scene, ...patch };
    this.generation++;
    this.#rows.clear();
    emit<SpacePageEvents, 'subject'>(this.port, 'subject', this.subject());
  }

  /** The page turns to something of what it shows. */
  turn(turn: NonNullable<SpaceSubject['turn']>): void {
    emit<SpacePageEvents, 'subject'>(this.port, 'subject', { ...this.subject(), turn });
  }

  /** Indexing is so far now. */
  tell(patch: Partial<Indexing>): void {
    this.indexing = { ...this.indexing, ...patch };
    emit<SpacePageEvents, 'indexing'>(this.port, 'indexing', this.indexing);
  }

  layer(name: string): FeatureLayer {
    const found = this.scene.layers.find((layer) => layer.name === name);
    if (!found) throw new Error(`There is no layer ${name}.`);
    return found;
  }

  /** What is indexed at a layer. */
  rows(name: string): SpaceRows {
    const rows = rowsOf(this.scene, this.layer(name), this.indexed);
    const known = this.#rows.get(rows.revision) ?? rows;
    this.#rows.set(rows.revision, known);
    return known;
  }

  /** Rows that the page was told of. */
  rowsNamed(revision: string): SpaceRows {
    const found = this.#rows.get(revision);
    if (!found) throw new Error(`The page was told of no rows ${revision}.`);
    return found;
  }

  async #step(done: number, signal: AbortSignal): Promise<void> {
    do {
      await sleep(this.pace.ms);
      if (signal.aborted) throw cancelled();
    } while (done >= this.pace.stopAt);
  }

  #handler<K extends keyof SpacePageCalls>(name: K) {
    type Of = SpacePageCalls[K];
    return (params: Of['params'], { signal, progress }: CallContext<Of['progress']>) =>
      this.answer(name, params as Record<string, unknown>, signal, async () => {
        const work = (answers as Answers)[name] as Answer<K> | undefined;
        if (!work) throw new Error(`The test host has no answer to ${name}.`);
        return await work(params, { host: this, scene: this.scene, signal, progress, step: (done) => this.#step(done, signal) });
      });
  }
}

window.spaceHost = new SpaceTestHost((window as unknown as { scene: SpaceScene }).scene);
plugIn(window.spaceHost);
