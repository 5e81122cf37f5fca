import type { NodeDef } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import type { TfNode } from '../tensorflow/graph.ts';
import type { Frame } from './frame.ts';
import { outputCount } from './outputs.ts';

export interface PlacedNode {
  node: TfNode;
  /** Position in the file: of the calls, then its own. */
  path: readonly number[];
}

/** Nodes and names of the flat graph. */
export class Emitted {
  readonly nodes: PlacedNode[] = [];
  readonly #names = new Set<string>();
  /** Calls within calls put their names in front of every name in them. */
  #characters = 2 ** 26;

  add(frame: Frame, node: NodeDef, inputs: readonly string[]): TfNode {
    const { op, attrs } = node;
    const name = this.name(frame, node);
    const outputs = Array.from({ length: outputCount(node) }, (_, i) => tensorName(name, i));
    const place = `node '${frame.prefix}${node.name}'`;
    const placed: TfNode = { name, op, inputs, outputs, attrs, place, ...kindOf(node) };
    this.nodes.push({ node: placed, path: [...frame.path, frame.body.index.get(node) ?? 0] });
    return placed;
  }

  /**
   * A new name for what stands for a node: its own with the call path in front, as the user nested it; without the generated
   * names of calls, where that is not taken.
   */
  name(frame: Frame, node: NodeDef): string {
    const full = frame.prefix + node.name;
    const short = frame.shortPrefix + node.name;
    let name = this.#names.has(short) ? full : short;
    for (let i = 2; this.#names.has(name); i++) name = `${full}#${i}`;
    this.#names.add(name);
    this.#characters -= full.length;
    if (this.#characters < 0) throw new ModelError('unsupported', 'The names of the nodes take more than 64 MB.');
    return name;
  }
}

/** What people need to know of a node that is only written out to be refused. */
function kindOf({ op, attrs }: NodeDef): Pick<TfNode, 'kind'> {
  if (op === 'Const') return { kind: `Const of ${attrs.dtype}` };
  return /^(Ref)?(Enter|Exit|NextIteration)$|^LoopCond$/.test(op) ? { kind: `${op} of a loop` } : {};
}

function tensorName(node: string, output: number): string {
  return output === 0 ? node : `${node}:${output}`;
}
