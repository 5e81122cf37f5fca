import { ModelError } from '../../shared/errors.ts';
import { NodeContext, type Scope } from './context.ts';
import { fold } from './fold.ts';
import type { TfGraph, TfNode } from './graph.ts';
import { operatorFor } from './operators/index.ts';
import { asConstant } from './values.ts';

/** A node that went into the graph. */
export interface ImportedNode {
  node: TfNode;
  /** Weights it reads, in numbers. */
  parameters: number;
}

export interface Walk {
  nodes: readonly ImportedNode[];
  /** What could not be imported, all of it. */
  failures: readonly ModelError[];
  /** Tensors that come from what could not be imported. */
  missing: ReadonlySet<string>;
}

/**
 * Imports the nodes in order. A node that is not supported is noted and everything that follows from it is left out, so that
 * all of them can be reported together; other errors end the walk.
 */
export function importNodes(graph: TfGraph, scope: Scope): Walk {
  const nodes: ImportedNode[] = [];
  const failures: ModelError[] = [];
  const missing = new Set<string>();
  for (const node of graph.nodes) {
    const n = new NodeContext(node, scope);
    const blocked = node.inputs.some((input) => missing.has(input));
    const failure = blocked ? undefined : attempt(n);
    if (failure) failures.push(failure);
    if (blocked || failure) for (const output of node.outputs) missing.add(output);
    else nodes.push({ node, parameters: n.parameters });
  }
  return { nodes, failures, missing };
}

/** Folds or imports one node; gives the error if it is not supported. */
function attempt(n: NodeContext): ModelError | undefined {
  try {
    if (n.node.refused !== undefined) return n.unsupported(n.node.refused);
    const folded = fold(n);
    if (folded) {
      for (const [i, k] of folded.entries()) n.scope.values.set(n.node.outputs[i] ?? '', { constant: asConstant(k) });
      return undefined;
    }
    const operator = operatorFor(n.node.op);
    if (!operator) return n.unsupported('is not supported');
    operator(n);
    return undefined;
  } catch (error) {
    if (error instanceof ModelError && error.code === 'unsupported') return error;
    throw error;
  }
}
