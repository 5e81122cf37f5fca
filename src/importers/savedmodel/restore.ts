import { readStrings } from '../../formats/tensorflow/tensor.ts';
import type { GraphDef, NodeDef } from '../../formats/tensorflow/types.ts';
import { dataInputs, Library } from './body.ts';
import { Frame, type Reference } from './frame.ts';

/** Under which key of the checkpoint a variable is stored. */
export interface StoredAs {
  key: string;
  /** It is one part of what is stored there: `4 2 0,1:-`. */
  slice: string;
}

/**
 * By node of the graph, where a SavedModel's own restore operation reads each variable: this is what TensorFlow runs to load
 * it, so it holds whatever the variables are called.
 */
export function restoredVariables(graph: GraphDef, restoreOp: string | undefined): Map<NodeDef, StoredAs> {
  const found = new Map<NodeDef, StoredAs>();
  const main = Frame.of(new Library(graph));
  const start = restoreOp === undefined ? undefined : main.body.nodes.get(restoreOp.split(':')[0] ?? '');
  if (!start) return found;
  // All names are in one constant.
  const decoded = new Map<NodeDef, readonly string[]>();
  const strings: Strings = (node) => {
    if (node?.op !== 'Const' || !node.value) return [];
    const all = decoded.get(node) ?? readStrings(node.value, node.name);
    decoded.set(node, all);
    return all;
  };
  const note = (frame: Frame, node: NodeDef) => {
    const stored = assigns.has(node.op) && storedValue(frame, node, strings);
    if (stored) found.set(stored.variable, stored.as);
  };
  for (const node of reached(main, start)) {
    note(main, node);
    const call = main.library.callee(node);
    if (!call) continue;
    const callee = main.enter(node, call.name, call.skip);
    for (const inner of callee.body.nodes.values()) note(callee, inner);
  }
  return found;
}

const assigns = new Set(['Assign', 'AssignVariableOp']);

/** What a node waits for, itself included. */
function reached({ body }: Frame, start: NodeDef): ReadonlySet<NodeDef> {
  const seen = new Set([start]);
  for (const node of seen) {
    for (const input of node.inputs) {
      const before = body.nodes.get(input.replace(/^\^/, '').split(':')[0] ?? '');
      if (before) seen.add(before);
    }
  }
  return seen;
}

type Strings = (node: NodeDef | undefined) => readonly string[];

function storedValue(frame: Frame, assign: NodeDef, strings: Strings): { variable: NodeDef; as: StoredAs } | undefined {
  const [variable, value] = dataInputs(assign).map((input) => behindIdentity(frame.locate(input, assign.name)));
  if (!variable || value?.node.op !== 'RestoreV2') return undefined;
  const [, names, slices] = dataInputs(value.node).map((input) => value.frame.locate(input, value.node.name).node);
  const key = strings(names)[value.index];
  return key === undefined ? undefined : { variable: variable.node, as: { key, slice: strings(slices)[value.index] ?? '' } };
}

function behindIdentity(at: Reference): Reference {
  let found = at;
  // Exporters put one or two.
  for (let i = 0; i < 8 && found.node.op === 'Identity'; i++) found = found.frame.locate(found.node.inputs[0] ?? '', found.node.name);
  return found;
}
