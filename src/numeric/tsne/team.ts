import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { ModelError } from '../../shared/errors.ts';
import type { InterpolatedState } from './interpolated.ts';
import type { Member } from './member.ts';
import { close, control, open, type TsneMemory } from './memory.ts';

/** How a thread computes repulsion. */
export type ThreadMethod = { kind: 'barnes-hut'; theta: number } | { kind: 'interpolated'; state: InterpolatedState };

export interface ThreadData {
  memory: TsneMemory;
  method: ThreadMethod;
}

/** From source, and bundled: then all entries lie side by side. */
const entry = new URL(import.meta.url.endsWith('.ts') ? './thread.ts' : './tsne.mjs', import.meta.url);

/** A leader, which is the thread that makes it, and the threads that help it. Rounds give the same whether there are any. */
export class Team {
  readonly #memory: TsneMemory;
  readonly #leader: Member;
  readonly #helpers: Worker[] = [];
  #lost = false;

  constructor(memory: TsneMemory, leader: Member) {
    this.#memory = memory;
    this.#leader = leader;
  }

  get threads(): number {
    return 1 + this.#helpers.length;
  }

  /** Starts helpers; where threads cannot be started there are fewer, or none. */
  async hire(count: number, method: ThreadMethod): Promise<void> {
    await Promise.all(
      Array.from({ length: count }, async () => {
        const helper = await start({ memory: this.#memory, method });
        if (!helper) return;
        helper.on('error', () => {
          this.#lost = true;
        });
        helper.on('exit', () => {
          this.#lost = true;
        });
        this.#helpers.push(helper);
      }),
    );
  }

  /** Computes the gradient's halves at the positions as they are. */
  async round(wantsDivergence: boolean): Promise<void> {
    open(this.#memory, wantsDivergence);
    this.#leader.lead();
    const joined = close(this.#memory);
    while (!this.#arrived(joined)) {
      // News of a thread that ended comes with the event loop.
      await setImmediate();
      if (this.#lost) throw new ModelError('engine', 'A thread that computes a part of the layout has ended.');
    }
    if (Atomics.load(this.#memory.control, control.failed)) {
      throw new ModelError('internal', 'A thread that computes a part of the layout has failed.');
    }
  }

  /** Waits until as many have arrived, a second at most. */
  #arrived(joined: number): boolean {
    const { control: shared } = this.#memory;
    for (;;) {
      const arrived = Atomics.load(shared, control.arrived);
      if (arrived === joined) return true;
      if (Atomics.wait(shared, control.arrived, arrived, 1000) === 'timed-out') return false;
    }
  }

  /** Ends the helpers. */
  async dismiss(): Promise<void> {
    const { control: shared } = this.#memory;
    Atomics.store(shared, control.ended, 1);
    Atomics.add(shared, control.round, 1);
    Atomics.notify(shared, control.round);
    await Promise.all(this.#helpers.map((helper) => helper.terminate()));
  }
}

/** A thread that is ready; undefined: none can be started. */
async function start(data: ThreadData): Promise<Worker | undefined> {
  let worker: Worker | undefined;
  try {
    worker = new Worker(entry, { workerData: data });
    await Promise.race([
      once(worker, 'message'),
      once(worker, 'exit').then(() => {
        throw new Error('it ended');
      }),
    ]);
    return worker;
  } catch {
    await worker?.terminate();
    return undefined;
  }
}
