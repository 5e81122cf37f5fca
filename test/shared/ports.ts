import type { Port } from '../../src/shared/rpc.ts';

/** Two ends in one process; frames are copied as between processes and arrive later. */
export function portPair(): [Port, Port] {
  const ends = [new Set<(frame: unknown) => void>(), new Set<(frame: unknown) => void>()] as const;
  const port = (own: 0 | 1): Port => ({
    post(frame) {
      const copy = structuredClone(frame);
      setImmediate(() => {
        for (const callback of ends[own === 0 ? 1 : 0]) callback(copy);
      });
    },
    listen(callback) {
      ends[own].add(callback);
      return () => ends[own].delete(callback);
    },
  });
  return [port(0), port(1)];
}
