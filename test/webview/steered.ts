// Runs in the browser, before the page: the extension's side of the channel, with the real rpc, steered by the test.
import { cancelled, type ErrorRecord, fromErrorRecord } from '../../src/shared/errors.ts';
import type { Port } from '../../src/shared/rpc.ts';

export interface Logged {
  method: string;
  params: Record<string, unknown>;
  ended: 'no' | 'answered' | 'aborted' | 'failed';
}

declare global {
  interface Window {
    violations: string[];
    acquireVsCodeApi(): { postMessage(message: unknown): void; getState(): unknown; setState(state: unknown): void };
  }
}

export const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Keeps what was called, and answers late, never or with an error, as the test says. */
export class SteeredHost {
  generation = 1;
  readonly log: Logged[] = [];
  /** Calls wait as long as their name is held. */
  readonly held = new Set<string>();
  /** The next call of that name fails so. */
  readonly failures = new Map<string, ErrorRecord>();
  /** Before any answer. */
  ms = 12;
  readonly #toHost: Set<(frame: unknown) => void> = new Set();
  /** Both ways as VS Code does it: cloned, later. */
  protected readonly port: Port = {
    post: (frame) => {
      const copy = structuredClone(frame);
      setTimeout(() => window.postMessage(copy, '*'));
    },
    listen: (callback) => {
      this.#toHost.add(callback);
      return () => this.#toHost.delete(callback);
    },
  };

  receive(frame: unknown): void {
    const copy = structuredClone(frame);
    setTimeout(() => {
      for (const callback of this.#toHost) callback(copy);
    });
  }

  calls(method: string): Logged[] {
    return this.log.filter((entry) => entry.method === method);
  }

  protected async answer<T>(name: string, params: Record<string, unknown>, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    const entry: Logged = { method: name, params, ended: 'no' };
    this.log.push(entry);
    signal.addEventListener('abort', () => {
      if (entry.ended === 'no') entry.ended = 'aborted';
    });
    await sleep(this.ms);
    if (params.generation !== undefined && params.generation !== this.generation) throw cancelled();
    while (this.held.has(name)) await sleep(10);
    const failure = this.failures.get(name);
    if (failure) {
      this.failures.delete(name);
      entry.ended = 'failed';
      throw fromErrorRecord(failure);
    }
    const result = await work();
    if (entry.ended === 'no') entry.ended = 'answered';
    return result;
  }
}

/** Makes `host` the one that the page talks to, and tells the test that it may steer it. */
export function plugIn(host: SteeredHost): void {
  window.violations = [];
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample} ${event.sourceFile}:${event.lineNumber}`);
  });
  dispatchEvent(new CustomEvent('host', { detail: host }));
  const stateKey = 'glassbox-state';
  window.acquireVsCodeApi = () => ({
    postMessage: (frame) => host.receive(frame),
    getState: () => JSON.parse(sessionStorage.getItem(stateKey) ?? 'null') ?? undefined,
    setState: (state) => sessionStorage.setItem(stateKey, JSON.stringify(state)),
  });
}
