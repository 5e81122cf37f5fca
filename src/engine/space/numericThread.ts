import { Worker } from 'node:worker_threads';
import { ModelError } from '../../shared/errors.ts';
import { type CallOptions, type Client, createClient, type Port } from '../../shared/rpc.ts';
import type { LayoutFrame } from '../../shared/spaceProtocol.ts';
import type { SetGeometry, SetGeometryTask } from '../training/setGeometry.ts';
import { Control } from './control.ts';
import type { GraphRequest, LaidOut, LayoutTask, ThreadCalls } from './threadCalls.ts';

/** Bundled, all entries lie side by side. */
const entryOfThread = new URL(import.meta.url.endsWith('.ts') ? './layoutThread.ts' : './layout.mjs', import.meta.url);

/** A thread that nobody asks anything holds memory for nothing, ms. */
const idleAfter = 60_000;

/**
 * The thread that computes neighbours and layouts of many points, so that the engine's own stays free for what is on screen. It is
 * started by the first call, ended when it is idle, and started anew after a crash. It keeps no process alive unless a call is under way.
 */
export class NumericThread {
  readonly #entry: URL;
  readonly #idleMs: number;
  #open: Open | undefined;

  constructor(entry: URL = entryOfThread, idleMs = idleAfter) {
    this.#entry = entry;
    this.#idleMs = idleMs;
  }

  /** Throws ModelError: 'cancelled'; 'engine' where the thread crashes. */
  async neighbourGraph(
    request: GraphRequest,
    options: CallOptions<{ done: number }> = {},
  ): Promise<ThreadCalls['neighbourGraph']['result']> {
    return await this.#call('neighbourGraph', request, new Control(), options);
  }

  /**
   * @param control its `stop` ends the layout at the iteration it is at, with what it has
   * @throws ModelError 'cancelled'; 'method' where there is nothing to lay out; 'engine' where the thread crashes
   */
  async layout(task: LayoutTask, control: Control, options: CallOptions<LayoutFrame> = {}): Promise<LaidOut> {
    return await this.#call('layout', task, control, options);
  }

  /** Throws ModelError: 'cancelled'; 'engine' where the thread crashes. */
  async setGeometry(task: SetGeometryTask, options: CallOptions<{ done: number }> = {}): Promise<SetGeometry> {
    return await this.#call('setGeometry', task, new Control(), options);
  }

  /** Whether a thread is there, busy or idle. */
  get started(): boolean {
    return this.#open !== undefined;
  }

  async #call<K extends keyof ThreadCalls>(
    method: K,
    params: Omit<ThreadCalls[K]['params'], 'control'>,
    control: Control,
    { signal, onProgress }: CallOptions<ThreadCalls[K]['progress']>,
  ): Promise<ThreadCalls[K]['result']> {
    this.#open ??= this.#start();
    const open = this.#open;
    const cancel = () => control.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    open.enter();
    try {
      return await open.client.call(method, { ...params, control: control.shared } as ThreadCalls[K]['params'], {
        ...(signal && { signal }),
        onProgress: (value) => {
          control.took();
          onProgress?.(value);
        },
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      open.leave();
    }
  }

  #start(): Open {
    const open: Open = new Open(this.#entry, this.#idleMs, () => {
      if (this.#open === open) this.#open = undefined;
    });
    return open;
  }
}

/** One thread, from its start to its end. */
class Open {
  readonly client: Client<ThreadCalls>;
  readonly #worker: Worker;
  readonly #idleMs: number;
  readonly #gone: () => void;
  #calls = 0;
  #idle: NodeJS.Timeout | undefined;

  constructor(entry: URL, idleMs: number, gone: () => void) {
    this.#idleMs = idleMs;
    this.#gone = gone;
    this.#worker = new Worker(entry);
    this.client = createClient<ThreadCalls>(workerPort(this.#worker));
    this.#worker.once('error', (error) => this.#close(error instanceof Error ? error.message : String(error)));
    this.#worker.once('exit', (code) => this.#close(`it ended with exit code ${code}`));
  }

  enter(): void {
    this.#calls++;
    clearTimeout(this.#idle);
    this.#worker.ref();
  }

  leave(): void {
    this.#calls--;
    if (this.#calls > 0) return;
    this.#worker.unref();
    this.#idle = setTimeout(() => this.#end(), this.#idleMs).unref();
  }

  #end(): void {
    this.#close('it was idle');
    void this.#worker.terminate();
  }

  /** The first cause counts: an exit follows an error. */
  #close(cause: string): void {
    clearTimeout(this.#idle);
    this.#gone();
    this.client.close(
      new ModelError('engine', `The thread that lays points out has failed: ${cause.replace(/\.$/, '')}.`, {
        hint: 'Try again; if it fails again, with fewer images: they may not fit into memory.',
      }),
    );
  }
}

function workerPort(worker: Worker): Port {
  return {
    post: (frame) => worker.postMessage(frame),
    listen(callback) {
      worker.on('message', callback);
      return () => worker.off('message', callback);
    },
  };
}
