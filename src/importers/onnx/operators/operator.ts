import type { NodeContext } from '../context.ts';

/** Imports one node: reads its attributes and constant inputs, appends to the graph what makes its outputs. */
export type Operator = (n: NodeContext) => void;
