import type { Graph } from '../../graph/graph.ts';
import { multiplyAdds } from '../../ops/multiplyAdds.ts';

/** Multiply-adds an operator must have on average, for one image, before a second thread earns what waking it costs. */
const worthwhile = 3e5;
/** Multiply-adds of a graph from which on a run is so long that waking its threads does not count. */
const long = 3e8;

export interface Threading {
  /** Undefined: onnxruntime's own choice, one per core. */
  threads: number | undefined;
  /**
   * Whether threads sleep between runs. Else they spin for some milliseconds: the next run of the same graph starts at
   * once, but one of another graph takes up to twice as long, and so does whatever else the machine does.
   */
  sleep: boolean;
}

/** How a graph is best run: one thread where its operators are tiny, sleeping threads where it is large (npm run bench). */
export function threading(graph: Graph): Threading {
  const work = graph.nodes.reduce((sum, node) => sum + multiplyAdds(graph, node), 0);
  return { threads: work / graph.nodes.length < worthwhile ? 1 : undefined, sleep: work >= long };
}
