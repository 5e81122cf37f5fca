// A process that uses the numeric thread, leaves it busy with what was cancelled, and has nothing else to do then.
import { Control } from '../../src/engine/space/control.ts';
import { NumericThread } from '../../src/engine/space/numericThread.ts';
import { groups } from './spacePoints.ts';

const thread = new NumericThread();
const params = { perplexity: 30, iterations: 5000, exaggeration: 12, metric: 'cosine', pca: 50, seed: 0 };
const ending = new AbortController();
setTimeout(() => ending.abort(), 300);
const { points } = groups({ count: 5000, dimensions: 64 });
await thread.layout({ points, method: 'tsne', params }, new Control(), { signal: ending.signal }).catch((error) => console.log(error.code));
const few = await thread.layout(
  { points: groups({ count: 10, dimensions: 3 }).points, method: 'pca', params: { metric: 'cosine' } },
  new Control(),
);
console.log(few.positions.length);
