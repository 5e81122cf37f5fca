import type { FunctionDef, GraphDef, NodeDef } from '../../formats/tensorflow/types.ts';

/** What nodes stand in: the graph itself or a function, indexed for reading backwards. */
export interface Body {
  /** Undefined: the graph itself. */
  function: FunctionDef | undefined;
  nodes: ReadonlyMap<string, NodeDef>;
  /** Position in the file. */
  index: ReadonlyMap<NodeDef, number>;
  args: ReadonlyMap<string, number>;
  /** How many calls there are by what is left of their names without the generated part (`plainName`). */
  calls: ReadonlyMap<string, number>;
  /** Has control flow of TensorFlow 1. */
  switches: boolean;
}

/** Bodies of a file's functions, each indexed once. */
export class Library {
  readonly graph: GraphDef;
  readonly main: Body;
  readonly #bodies = new Map<FunctionDef, Body>();

  constructor(graph: GraphDef) {
    this.graph = graph;
    this.main = bodyOf(graph.nodes, undefined);
  }

  body(f: FunctionDef): Body {
    const known = this.#bodies.get(f);
    if (known) return known;
    const body = bodyOf(f.nodes, f);
    this.#bodies.set(f, body);
    return body;
  }

  /** The function that a node runs, and which of its inputs is the first argument; undefined: it is no call. */
  callee(node: NodeDef): { name: string; skip: number } | undefined {
    if (calls.has(node.op)) return { name: node.functions?.get('f') ?? '', skip: 0 };
    return this.graph.functions.has(node.op) ? { name: node.op, skip: 0 } : undefined;
  }
}

const calls = new Set(['PartitionedCall', 'StatefulPartitionedCall']);

function bodyOf(nodes: readonly NodeDef[], f: FunctionDef | undefined): Body {
  return {
    function: f,
    nodes: new Map(nodes.map((n) => [n.name, n])),
    index: new Map(nodes.map((n, i) => [n, i])),
    args: new Map(f?.args.map((name, i) => [name, i])),
    calls: counted(nodes.filter((n) => calls.has(n.op)).map((n) => plainName(n.name))),
    switches: nodes.some((n) => n.op === 'Switch' || n.op === 'RefSwitch'),
  };
}

/** Names that TensorFlow makes up for calls; they say nothing to people. */
const GENERATED = /(^|\/)(Stateful)?PartitionedCall(_\d+)?$/;

/** `block/conv` of `block/conv/StatefulPartitionedCall_1`. */
export function plainName(call: string): string {
  return call.replace(GENERATED, '');
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

/** Inputs that carry a tensor; control inputs stand behind them. */
export function dataInputs({ inputs }: NodeDef): readonly string[] {
  const end = inputs.findIndex((input) => input.startsWith('^'));
  return end < 0 ? inputs : inputs.slice(0, end);
}
