// A thread that speaks the calls of the numeric one and fails in the way that `metric` says.
import { parentPort } from 'node:worker_threads';

interface Frame {
  rpc: string;
  id: number;
  params: { metric: string };
}

parentPort?.on('message', ({ rpc, id, params }: Frame) => {
  if (rpc !== 'call') return;
  if (params.metric === 'exit') process.exit(3);
  if (params.metric === 'throw') {
    setImmediate(() => {
      throw new Error('out of luck');
    });
    return;
  }
  if (params.metric === 'silence') return;
  parentPort?.postMessage({ rpc: 'result', id, value: { k: 0, indices: new Int32Array(), distances: new Float32Array() } });
});
