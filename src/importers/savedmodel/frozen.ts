import type { GraphDef, NodeDef, Signature, TensorInfo } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { dataInputs } from './body.ts';
import { isPhase } from './rules.ts';

/**
 * The signature of a graph that has none, as a frozen one: its placeholders, and what is made of them and read by no node.
 * @throws ModelError 'input', 'unsupported'.
 */
export function impliedSignature({ nodes }: GraphDef): Signature {
  const placeholders = nodes.filter(isInput);
  if (placeholders.length === 0)
    throw new ModelError('input', 'The graph has no placeholder: nothing says where the image goes in.', {
      hint: 'Freeze the graph for inference, with a placeholder for the image.',
    });
  const readers = readersOf(nodes);
  const fed = new Set(placeholders.map((n) => n.name));
  // A set grows while it is walked.
  for (const name of fed) for (const reader of readers.get(name) ?? []) fed.add(reader.name);
  const ends = nodes.filter((n) => fed.has(n.name) && !readers.has(n.name) && !effects.has(n.op));
  if (ends.length === 0) throw new ModelError('unsupported', 'Nothing in the graph is made of its placeholders.');
  return { inputs: infos(placeholders), outputs: infos(ends) };
}

/** Run for what they do; they give nothing. */
const effects = new Set(['Assert', 'NoOp', 'SaveV2', 'Assign', 'AssignVariableOp', 'Print', 'PrintV2']);

function isInput({ op, name, attrs }: NodeDef): boolean {
  return (op === 'Placeholder' || op === 'PlaceholderV2') && !isPhase(name, attrs.dtype);
}

function readersOf(nodes: readonly NodeDef[]): Map<string, NodeDef[]> {
  const readers = new Map<string, NodeDef[]>();
  for (const node of nodes) {
    for (const input of dataInputs(node)) {
      const name = input.split(':')[0] as string;
      const list = readers.get(name);
      if (list) list.push(node);
      else readers.set(name, [node]);
    }
  }
  return readers;
}

function infos(nodes: readonly NodeDef[]): Map<string, TensorInfo> {
  return new Map(nodes.map(({ name }) => [name, { tensor: `${name}:0`, dtype: '', shape: undefined }]));
}
