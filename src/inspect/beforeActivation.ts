import { type Graph, producers } from '../graph/graph.ts';
import { opOf } from '../ops/index.ts';

/** What goes into the activation function that makes a value; the value itself where none does. */
export function beforeActivation(graph: Graph, value: string): string {
  const maker = producers(graph).get(value);
  return maker !== undefined && opOf(maker).kind === 'activation' ? (maker.inputs[0] as string) : value;
}
