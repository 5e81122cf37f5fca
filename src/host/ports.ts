import type { ChildProcess } from 'node:child_process';
import type { Port } from '../shared/rpc.ts';

/** The channel to a forked process. Frames for a process that is gone are dropped: its end has been reported already. */
export function processPort(child: ChildProcess): Port {
  return {
    post(frame) {
      if (child.connected) child.send(frame as object, () => {});
    },
    listen(callback) {
      child.on('message', callback);
      return () => child.off('message', callback);
    },
  };
}

/** What a webview is to its port; the editor's own interface fits. */
export interface MessageEnd {
  postMessage(message: unknown): PromiseLike<boolean>;
  onDidReceiveMessage(callback: (message: unknown) => void): { dispose(): void };
}

/**
 * The channel to the pages of one webview. Hiding and reloading replace the page, and a new page numbers its calls from
 * one again: each page gets a port of its own, and what is left for an older one is dropped. A page starts with `ready`.
 */
export function servePages(webview: MessageEnd, serve: (port: Port) => void): { port: Port; dispose(): void } {
  let page: PagePort | undefined;
  const subscription = webview.onDidReceiveMessage((frame) => {
    if (isReady(frame)) {
      page?.close();
      page = new PagePort(webview);
      serve(page);
    }
    page?.deliver(frame);
  });
  return {
    port: { post: (frame) => page?.post(frame), listen: () => () => {} },
    dispose() {
      page?.close();
      subscription.dispose();
    },
  };
}

function isReady(frame: unknown): boolean {
  const { rpc, method } = (frame ?? {}) as { rpc?: unknown; method?: unknown };
  return rpc === 'call' && method === 'ready';
}

class PagePort implements Port {
  #webview: MessageEnd | undefined;
  readonly #callbacks = new Set<(frame: unknown) => void>();

  constructor(webview: MessageEnd) {
    this.#webview = webview;
  }

  post(frame: unknown): void {
    // A page that is gone or hidden hears nothing; it will ask again when it is back.
    void this.#webview?.postMessage(frame).then(undefined, () => {});
  }

  listen(callback: (frame: unknown) => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  deliver(frame: unknown): void {
    for (const callback of this.#callbacks) callback(frame);
  }

  close(): void {
    this.#webview = undefined;
    this.#callbacks.clear();
  }
}
