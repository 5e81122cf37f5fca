/** Entry of the thread that layouts and neighbours of many points are computed in. */
import { getPriority, setPriority } from 'node:os';
import { parentPort, type Transferable } from 'node:worker_threads';
import { neighbourGraph } from '../../numeric/neighbourGraph.ts';
import { nearestOf } from '../../numeric/neighbours.ts';
import { type Port, serve } from '../../shared/rpc.ts';
import { setGeometry } from '../training/setGeometry.ts';
import { Control } from './control.ts';
import { layOut } from './layouts/layOut.ts';
import type { ThreadCalls } from './threadCalls.ts';

// Explanations come first: they share the cores. On Linux alone a thread has a priority of its own, which its threads inherit; elsewhere it
// would be that of the whole process.
if (process.platform === 'linux') setPriority(Math.min(19, getPriority() + 5));

const port: Port = {
  // What is told is not needed here any more.
  post: (frame) => parentPort?.postMessage(frame, buffersOf(frame)),
  listen(callback) {
    parentPort?.on('message', callback);
    return () => parentPort?.off('message', callback);
  },
};

serve<ThreadCalls>(port, {
  async neighbourGraph({ points, queries, k, metric, control }, { signal, progress }) {
    const wishes = new Control(control);
    const look = (done: number) => {
      wishes.throwIfCancelled();
      progress({ done });
    };
    const options = { metric, signal, progress: look };
    return queries ? await nearestOf(queries, points, k, options) : await neighbourGraph(points, k, options);
  },
  layout: async ({ control, ...task }, { progress }) => await layOut(task, new Control(control), progress),
  setGeometry: async ({ control, ...task }, { progress }) => await setGeometry(task, new Control(control), (done) => progress({ done })),
});

/** Memory of the arrays in a message: it moves to the other thread. Shared memory stays where it is. */
function buffersOf(value: unknown): Transferable[] {
  if (ArrayBuffer.isView(value)) return value.buffer instanceof ArrayBuffer ? [value.buffer] : [];
  if (typeof value !== 'object' || value === null) return [];
  return [...new Set(Object.values(value).flatMap(buffersOf))];
}
