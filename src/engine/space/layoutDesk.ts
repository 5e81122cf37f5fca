import type { CallContext } from '../../shared/rpc.ts';
import { SharedJobs, untilAborted } from '../../shared/sharedJobs.ts';
import type { Layout, LayoutFrame } from '../../shared/spaceProtocol.ts';
import { ByteCache } from '../byteCache.ts';
import type { Services } from '../services.ts';
import { Control } from './control.ts';
import type { NumericThread } from './numericThread.ts';
import type { SpaceSet } from './spaceSets.ts';
import type { LayoutTask } from './threadCalls.ts';

const waiting: LayoutFrame = { phase: 'waiting for another layout', iteration: 0, iterations: 0, secondsLeft: undefined };

/** Bound of the layouts in memory: 80 of 100,000 points. */
const cacheBytes = 64 * 2 ** 20;

type Context = CallContext<LayoutFrame>;
type Wanted = Pick<LayoutTask, 'method' | 'params'>;

/**
 * The layouts of one engine: one is computed at a time, the same one once for all who ask, and what is complete is kept, so that turning
 * back to it takes no time.
 */
export class LayoutDesk {
  readonly #thread: NumericThread;
  readonly #kept = new ByteCache<Layout>(cacheBytes);
  readonly #jobs = new SharedJobs();
  /** Under way, and waiting. */
  readonly #open = new Set<{ revision: string; control: Control }>();
  #last: Promise<void> = Promise.resolve();

  constructor(thread: NumericThread) {
    this.#thread = thread;
  }

  /** Throws ModelError: 'method' where there is nothing to lay out, 'cancelled', 'engine' where the thread crashes. */
  async layout(set: SpaceSet, wanted: Wanted, context: Context): Promise<Layout> {
    const key = JSON.stringify([set.revision, wanted.method, wanted.params]);
    const known = this.#kept.get(key);
    if (known) return known;
    return await this.#jobs.run(key, context, async (job: Context) => {
      const layout = await this.#inTurn(set.revision, job, (control) => this.#compute(set, wanted, control, job));
      // Who asks again after having stopped it wants the rest.
      if (!layout.stopped) this.#kept.set(key, layout, layout.positions.byteLength);
      return layout;
    });
  }

  /** Layouts of these rows end where they are; one that waits, as soon as it is its turn. Others are left alone. */
  stop(revision: string): void {
    for (const open of this.#open) if (open.revision === revision) open.control.stop();
  }

  async #compute({ revision, features }: SpaceSet, wanted: Wanted, control: Control, { signal, progress }: Context): Promise<Layout> {
    const start = performance.now();
    const laidOut = await this.#thread.layout({ points: features, ...wanted }, control, { signal, onProgress: progress });
    return { revision, ...wanted, ...laidOut, ms: performance.now() - start };
  }

  /** Works when those before have ended; who is cancelled while waiting never starts. */
  async #inTurn(revision: string, job: Context, work: (control: Control) => Promise<Layout>): Promise<Layout> {
    const [before, control] = [this.#last, new Control()];
    const open = { revision, control };
    if (this.#open.size > 0) job.progress(waiting);
    this.#open.add(open);
    const mine = untilAborted(before, job.signal).then(() => work(control));
    // Nothing of what they made is held on to.
    this.#last = Promise.allSettled([before, mine]).then(() => {});
    try {
      return await mine;
    } finally {
      this.#open.delete(open);
    }
  }
}

const desks = new WeakMap<Services, LayoutDesk>();

export function layoutDesk(services: Services): LayoutDesk {
  const known = desks.get(services) ?? new LayoutDesk(services.numeric);
  desks.set(services, known);
  return known;
}
