import { MessageReader } from '../protobuf/reader.ts';
import { AttributeReader } from './attributes.ts';
import type { FunctionDef, GraphDef, NodeDef } from './types.ts';

/** Two bytes of a file are a node of some hundred in memory; the largest networks have 20,000, and as many for saving and restoring. */
const MOST_NODES = 2 ** 20;

/** A frozen graph (`.pb`). Throws ModelError('file-corrupt') with the byte where the file stops being one. */
export function decodeGraph(bytes: Uint8Array): GraphDef {
  const parts = new GraphParts();
  new MessageReader(bytes).root('graph', parts.fields);
  return parts.graph;
}

export function readGraph(reader: MessageReader): GraphDef {
  const parts = new GraphParts();
  reader.message('graph_def', parts.fields);
  return parts.graph;
}

class GraphParts {
  readonly #nodes: NodeDef[] = [];
  readonly #functions = new Map<string, FunctionDef>();

  #left = MOST_NODES;

  readonly fields = {
    1: (r: MessageReader) => this.#nodes.push(this.#node(r)),
    2: (r: MessageReader) =>
      r.message('library', {
        1: (l) => {
          const f = readFunction(l, (r) => this.#node(r));
          this.#functions.set(f.name, f);
        },
      }),
  };

  #node(reader: MessageReader): NodeDef {
    this.#left -= 1;
    if (this.#left < 0) throw reader.corrupt(`more than ${MOST_NODES} nodes`);
    return readNode(reader);
  }

  get graph(): GraphDef {
    return { nodes: this.#nodes, functions: this.#functions };
  }
}

function readNode(reader: MessageReader): NodeDef {
  const node = { name: '', op: '' };
  const inputs: string[] = [];
  const attributes = new AttributeReader();
  reader.message('node', {
    1: (r) => (node.name = r.string()),
    2: (r) => (node.op = r.string()),
    3: (r) => inputs.push(r.string()),
    5: (r) => attributes.entry(r),
  });
  return { ...node, inputs, ...attributes.result() };
}

function readFunction(reader: MessageReader, node: (reader: MessageReader) => NodeDef): FunctionDef {
  let name = '';
  const args: string[] = [];
  const results: string[] = [];
  const nodes: NodeDef[] = [];
  const returns = new Map<string, string>();
  reader.message('function', {
    1: (r) =>
      r.message('signature', {
        1: (s) => (name = s.string()),
        2: (s) => args.push(readName(s)),
        3: (s) => results.push(readName(s)),
      }),
    3: (r) => nodes.push(node(r)),
    4: (r) => {
      let [key, value] = ['', ''];
      r.message('ret', {
        1: (e) => (key = e.string()),
        2: (e) => (value = e.string()),
      });
      returns.set(key, value);
    },
  });
  return { name, args, results, nodes, returns };
}

function readName(reader: MessageReader): string {
  let name = '';
  reader.message('arg', { 1: (r) => (name = r.string()) });
  return name;
}
