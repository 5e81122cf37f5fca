import type { NodeContext } from '../context.ts';

/** Imports one node: appends to the graph, or says which value its output is. */
export type Operator = (n: NodeContext) => void;
