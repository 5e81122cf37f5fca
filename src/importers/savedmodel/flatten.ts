import type { GraphDef, NodeDef, Signature, TensorInfo } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import type { TfConstant, TfGraph, TfInput } from '../tensorflow/graph.ts';
import { Library } from './body.ts';
import { dtypeOf } from './constants.ts';
import { Evaluator } from './evaluate.ts';
import { Flat } from './flat.ts';
import { Frame } from './frame.ts';
import { liveInOrder } from './order.ts';
import { flatRule, perOutput } from './rules.ts';

/** A flat graph whose variables are not read yet. */
export interface FlatGraph {
  graph: Omit<TfGraph, 'constants'>;
  constants: ReadonlyMap<string, TfConstant>;
  /** The variables that the outputs follow from: nodes, by the name of the tensor that they are in the flat graph. */
  variables: ReadonlyMap<string, NodeDef>;
}

/**
 * A graph as its signature runs it: functions written out where they are called, conditions decided where they are known, nodes
 * that the outputs do not need left out.
 * @throws ModelError 'file-corrupt', 'unsupported', 'input', 'file-too-large'; names the node.
 */
export function flatten(graphDef: GraphDef, signature: Signature): FlatGraph {
  const infos = inputsByNode(signature);
  const main = Frame.of(new Library(graphDef));
  const flat = new Flat(new Set(infos.keys()));
  const evaluator = new Evaluator(flatRule(flat), perOutput);
  const outputs = inOrder(signature.outputs).map(([name, { tensor: input }]) => {
    const { tensor, dead } = evaluator.value({ frame: main, input, reader: `output '${name}'` });
    if (dead) throw new ModelError('unsupported', `The output '${name}' is in a branch that is only taken in training.`, { where: name });
    return { name, tensor };
  });
  const nodes = liveInOrder(
    flat.emitted.nodes,
    outputs.map((o) => o.tensor),
  );
  const read = new Set([...nodes.flatMap((n) => n.inputs), ...outputs.map((o) => o.tensor)]);
  const only = <T>(all: ReadonlyMap<string, T>) => new Map([...all].filter(([name]) => read.has(name)));
  const inputs = [...infos.values()].flatMap(({ name, info, node }): TfInput[] => {
    const fed = flat.fed.get(node);
    if (!fed) return [];
    const { shape, dtype } = fed.node.attrs;
    return [{ name, tensor: fed.tensor, dtype: dtypeOf(info.dtype || String(dtype)), shape: info.shape ?? statedShape(shape) }];
  });
  return { graph: { nodes, inputs, outputs }, constants: only(flat.constants), variables: only(flat.variables) };
}

/** Signatures are maps, and maps have no order in a file: by name, numbers in names by value. */
function inOrder(infos: ReadonlyMap<string, TensorInfo>): [string, TensorInfo][] {
  const order = new Intl.Collator('en', { numeric: true });
  return [...infos].sort(([a], [b]) => order.compare(a, b));
}

function inputsByNode({ inputs }: Signature) {
  return new Map(
    inOrder(inputs).map(([name, info]) => {
      const node = info.tensor.split(':')[0] ?? '';
      return [node, { name, info, node }] as const;
    }),
  );
}

/** In the first years, a shape without axes said that nothing is known. */
function statedShape(shape: unknown): readonly number[] | undefined {
  return Array.isArray(shape) && shape.length > 0 ? (shape as number[]) : undefined;
}
