import { cancelled, type ErrorRecord, fromErrorRecord, ModelError, toErrorRecord } from './errors.ts';
import type { Call } from './protocol.ts';

/** A two-way channel: a forked process, a webview, or two ends in a test. */
export interface Port {
  post(frame: unknown): void;
  /** Calls back for each frame from the other end; returns what ends it. */
  listen(callback: (frame: unknown) => void): () => void;
}

type CallMap<T> = { [K in keyof T]: Call<unknown, unknown, unknown> };

export interface CallContext<Progress> {
  /** Aborted when the caller cancels or the channel closes. */
  signal: AbortSignal;
  progress(value: Progress): void;
}

/** What serves a call map: one async method per call. */
export type Handlers<T extends CallMap<T>> = {
  [K in keyof T]: (params: T[K]['params'], context: CallContext<T[K]['progress']>) => Promise<T[K]['result']>;
};

export interface CallOptions<Progress> {
  signal?: AbortSignal;
  onProgress?: (value: Progress) => void;
}

/** What calls a call map. */
export interface Client<T extends CallMap<T>> {
  call<K extends keyof T & string>(method: K, params: T[K]['params'], options?: CallOptions<T[K]['progress']>): Promise<T[K]['result']>;
  /** Rejects everything under way with `reason`; further calls reject too. */
  close(reason: ModelError): void;
}

type Frame =
  | { rpc: 'call'; id: number; method: string; params: unknown }
  | { rpc: 'cancel'; id: number }
  | { rpc: 'progress'; id: number; value: unknown }
  | { rpc: 'result'; id: number; value: unknown }
  | { rpc: 'error'; id: number; error: ErrorRecord }
  | { rpc: 'event'; name: string; value: unknown };

function isFrame(value: unknown): value is Frame {
  return typeof value === 'object' && value !== null && 'rpc' in value;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: Error): void;
  progress(value: unknown): void;
}

export function createClient<T extends CallMap<T>>(port: Port): Client<T> {
  const pending = new Map<number, Pending>();
  let closed: ModelError | undefined;
  let next = 1;
  const stop = port.listen((frame) => {
    if (!isFrame(frame)) return;
    if (frame.rpc === 'result') settle(pending, frame.id)?.resolve(frame.value);
    else if (frame.rpc === 'error') settle(pending, frame.id)?.reject(fromErrorRecord(frame.error));
    else if (frame.rpc === 'progress') pending.get(frame.id)?.progress(frame.value);
  });
  return {
    call(method, params, options = {}) {
      if (closed) return Promise.reject(closed);
      if (options.signal?.aborted) return Promise.reject(cancelled());
      return send(port, pending, { rpc: 'call', id: next++, method, params }, options);
    },
    close(reason) {
      closed = reason;
      stop();
      for (const entry of pending.values()) entry.reject(reason);
      pending.clear();
    },
  };
}

/** Posts a call and notes what its replies do. */
function send<Result, Progress>(
  port: Port,
  pending: Map<number, Pending>,
  call: Frame & { rpc: 'call' },
  { signal, onProgress }: CallOptions<Progress>,
): Promise<Result> {
  const { id } = call;
  return new Promise((resolve, reject) => {
    const abort = () => {
      // The caller is free at once; a late reply finds nobody.
      settle(pending, id)?.reject(cancelled());
      port.post({ rpc: 'cancel', id } satisfies Frame);
    };
    const done = () => signal?.removeEventListener('abort', abort);
    signal?.addEventListener('abort', abort, { once: true });
    pending.set(id, {
      resolve: (value) => {
        done();
        resolve(value as Result);
      },
      reject: (error) => {
        done();
        reject(error);
      },
      progress: (value) => onProgress?.(value as Progress),
    });
    port.post(call);
  });
}

function settle(pending: Map<number, Pending>, id: number): Pending | undefined {
  const entry = pending.get(id);
  pending.delete(id);
  return entry;
}

/** Serves calls from the other end; the returned function aborts what is under way and stops listening. */
export function serve<T extends CallMap<T>>(port: Port, handlers: Handlers<T>): () => void {
  const running = new Map<number, AbortController>();
  const stop = port.listen((frame) => {
    if (!isFrame(frame)) return;
    if (frame.rpc === 'cancel') running.get(frame.id)?.abort();
    if (frame.rpc !== 'call') return;
    const { id, method, params } = frame;
    const controller = new AbortController();
    running.set(id, controller);
    const context = {
      signal: controller.signal,
      progress: (value: unknown) => {
        if (!controller.signal.aborted) port.post({ rpc: 'progress', id, value } satisfies Frame);
      },
    };
    dispatch(handlers, method, params, context)
      .then(
        (value) => port.post({ rpc: 'result', id, value } satisfies Frame),
        (error) => port.post({ rpc: 'error', id, error: toErrorRecord(error) } satisfies Frame),
      )
      .finally(() => running.delete(id));
  });
  return () => {
    stop();
    for (const controller of running.values()) controller.abort();
    running.clear();
  };
}

async function dispatch<T extends CallMap<T>>(
  handlers: Handlers<T>,
  method: string,
  params: unknown,
  context: CallContext<unknown>,
): Promise<unknown> {
  if (!Object.hasOwn(handlers, method)) throw new ModelError('internal', `There is no call '${method}'.`);
  const handler = handlers[method as keyof T] as (params: unknown, context: CallContext<unknown>) => Promise<unknown>;
  return await handler(params, context);
}

export function emit<Events, K extends keyof Events & string>(port: Port, name: K, value: Events[K]): void {
  port.post({ rpc: 'event', name, value } satisfies Frame);
}

export function onEvent<Events, K extends keyof Events & string>(port: Port, name: K, callback: (value: Events[K]) => void): () => void {
  return port.listen((frame) => {
    if (isFrame(frame) && frame.rpc === 'event' && frame.name === name) callback(frame.value as Events[K]);
  });
}
