// Runs in the browser, before the page: plays the extension's side of the units page. Tests steer it through
// `window.unitsHost`. What it answers stands in `answers/`, a file per part of the page.
import { cancelled } from '../../../src/shared/errors.ts';
import { type CallContext, emit, type Handlers, serve } from '../../../src/shared/rpc.ts';
import {
  defaultQuantile,
  type ImageRef,
  type LayerUnits,
  type UnitsPageCalls,
  type UnitsPageEvents,
  type UnitsSubject,
  type UnitWall,
} from '../../../src/shared/unitsProtocol.ts';
import { plugIn, SteeredHost, sleep } from '../steered.ts';
import { layerUnitsOf, unitWallOf } from './answers/activations.ts';
import type { Answer, Answers } from './answers/answer.ts';
import { answers } from './answers/index.ts';
import { layerOf } from './made.ts';
import type { UnitsScene } from './scene.ts';

declare global {
  interface Window {
    unitsHost: UnitsTestHost;
  }
}

export class UnitsTestHost extends SteeredHost {
  scene: UnitsScene;
  /** What comes in steps waits `ms` before each; from the share `stopAt` of all steps on, it stays there until that is raised. */
  pace = { ms: 5, stopAt: Number.POSITIVE_INFINITY };

  constructor(scene: UnitsScene) {
    super();
    this.scene = scene;
    const names = Object.keys(answers) as (keyof UnitsPageCalls)[];
    serve<UnitsPageCalls>(this.port, Object.fromEntries(names.map((name) => [name, this.#handler(name)])) as Handlers<UnitsPageCalls>);
  }

  subject(): UnitsSubject {
    return { ...this.scene.subject, generation: this.generation };
  }

  /** Another model, image or data set in the same panel. */
  show(patch: Partial<UnitsScene>): void {
    this.scene = { ...this.scene, ...patch };
    this.generation++;
    emit<UnitsPageEvents, 'subject'>(this.port, 'subject', this.subject());
  }

  /** As the real one: the new subject is announced after the reply. */
  later(patch: Partial<UnitsScene['subject']>): void {
    setTimeout(() => this.show({ subject: { ...this.scene.subject, ...patch } }), 30);
  }

  /** The image of the data set, or the one on show, with that path. */
  image(path: string): ImageRef {
    const { dataset, image } = this.scene.subject;
    const found = [...(dataset?.images ?? []), ...(image ? [image] : [])].find((each) => each.path === path);
    if (!found) throw new Error(`There is no image ${path}.`);
    return found;
  }

  /** What is answered of the activations, for a test to compare with. */
  wall(layer: string, path: string): UnitWall {
    return unitWallOf(this.scene, layerOf(this.scene, layer), this.image(path));
  }

  layerUnits(layer: string): LayerUnits {
    return layerUnitsOf(this.scene, layerOf(this.scene, layer), defaultQuantile);
  }

  async #step(done: number, signal: AbortSignal): Promise<void> {
    do {
      await sleep(this.pace.ms);
      if (signal.aborted) throw cancelled();
    } while (done >= this.pace.stopAt);
  }

  #handler<K extends keyof UnitsPageCalls>(name: K) {
    type Of = UnitsPageCalls[K];
    return (params: Of['params'], { signal, progress }: CallContext<Of['progress']>) =>
      this.answer(name, params as Record<string, unknown>, signal, async () => {
        const work = (answers as Answers)[name] as Answer<K> | undefined;
        if (!work) throw new Error(`The test host has no answer to ${name}.`);
        return await work(params, { host: this, scene: this.scene, signal, progress, step: (done) => this.#step(done, signal) });
      });
  }
}

window.unitsHost = new UnitsTestHost((window as unknown as { scene: UnitsScene }).scene);
plugIn(window.unitsHost);
