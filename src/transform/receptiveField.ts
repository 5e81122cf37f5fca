import { type Graph, type Node, typeOf } from '../graph/graph.ts';
import type { OpName } from '../graph/opset.ts';
import { hull, type Interval, reachedFrom, type Sliding, slidings } from './intervals.ts';

/**
 * Which cells of its inputs one output cell of a node depends on: the cell at the same place ('cell'), a window along each
 * axis, or more than a window ('everything').
 */
export type Reach = 'cell' | readonly [rows: Sliding, columns: Sliding] | 'everything';

/** Operators that work on each cell, or each cell's channels, by itself. */
const cellwise: ReadonlySet<OpName> = new Set<OpName>([
  'BatchNormalization',
  'LRN',
  'Relu',
  'LeakyRelu',
  'PRelu',
  'Clip',
  'Sigmoid',
  'Tanh',
  'HardSigmoid',
  'HardSwish',
  'SiLU',
  'Gelu',
  'Elu',
  'Selu',
  'Softplus',
  'Softsign',
  'Mish',
  'Erf',
  'FakeQuantize',
  'Add',
  'Sub',
  'Mul',
  'Div',
  'Pow',
  'Max',
  'Min',
  'Neg',
  'Abs',
  'Sign',
  'Sqrt',
  'Exp',
  'Log',
  'Identity',
]);

export function isCellwise(op: OpName): boolean {
  return cellwise.has(op);
}

/** How a node whose values are images [N,C,H,W] reaches into them. Whatever is not one, such as a flattened value, reaches everything. */
export function reachOf(graph: Graph, node: Node): Reach {
  if (!varying(graph, node).every((value) => isImage(graph, value)) || !node.outputs.every((value) => isImage(graph, value)))
    return 'everything';
  switch (node.op) {
    case 'Conv': {
      const [, , ...kernel] = typeOf(graph, node.inputs[1] as string).shape as [number, number, number, number];
      return constantFrom(graph, node, 1) ? slidings(kernel, node.attrs) : 'everything';
    }
    case 'MaxPool':
    case 'AveragePool':
      return node.outputs.length === 1 ? slidings(node.attrs.kernel, node.attrs) : 'everything';
    case 'Pad':
      return padReach(node.attrs);
    case 'Concat':
    case 'Split':
    case 'Softmax':
    case 'LogSoftmax':
      return node.attrs.axis === 1 && varying(graph, node).length === node.inputs.length ? 'cell' : 'everything';
    case 'Slice':
      return node.attrs.axes.every((axis) => axis === 1) ? 'cell' : 'everything';
    case 'BatchNormalization':
      return constantFrom(graph, node, 1) ? 'cell' : 'everything';
    default:
      return cellwise.has(node.op) && node.inputs.every((value) => fitsCells(graph, node, value)) ? 'cell' : 'everything';
  }
}

/** Inputs of a node that are not constant. */
export function varying({ constants }: Pick<Graph, 'constants'>, node: Node): string[] {
  return node.inputs.filter((value) => value !== '' && !constants.has(value));
}

/** Sizes of an image along rows (axis 0) or columns (axis 1). */
export function sizeAlong(graph: Graph, value: string, axis: 0 | 1): number {
  return typeOf(graph, value).shape[2 + axis] as number;
}

/** Along one axis, the cells of a value and of every value made from it that can change where `cells` of it do. */
export type Spread = (axis: 0 | 1, cells: Interval) => ReadonlyMap<string, Interval>;

/**
 * How a change of `from` spreads forward through `nodes`, in order, which read nothing else and do not reach everything. Rows
 * and columns do not mix, so a rectangle spreads as two intervals.
 */
export function spreadFrom(graph: Graph, from: string, nodes: readonly Node[]): Spread {
  const steps = nodes.map((node) => {
    const [output, reach] = [node.outputs[0] as string, reachOf(graph, node)];
    if (reach === 'everything') throw new Error(`${node.op} '${output}' reaches everything`);
    const sizes = [sizeAlong(graph, output, 0), sizeAlong(graph, output, 1)] as const;
    return { inputs: varying(graph, node), outputs: node.outputs, reach, sizes };
  });
  // Patches in one row change the same rows.
  const known = new Map<string, Map<string, Interval>>();
  return (axis, changed) => {
    const key = `${axis} ${changed.from} ${changed.to}`;
    const before = known.get(key);
    if (before) return before;
    const cells = new Map([[from, changed]]);
    known.set(key, cells);
    for (const { inputs, outputs, reach, sizes } of steps) {
      const at = inputs.map((value) => cells.get(value) as Interval).reduce(hull);
      const out = reach === 'cell' ? at : reachedFrom(reach[axis], at, sizes[axis]);
      for (const output of outputs) cells.set(output, out);
    }
    return cells;
  };
}

/** Nodes that lie between a window's worth of the input and their output: every node whose whole past reaches no further than windows. */
export function localNodes(graph: Graph, input: string): Node[] {
  const local = new Set([input]);
  return graph.nodes.filter((node) => {
    const inputs = varying(graph, node);
    const is = inputs.length > 0 && inputs.every((value) => local.has(value)) && reachOf(graph, node) !== 'everything';
    if (is) for (const output of node.outputs) local.add(output);
    return is;
  });
}

function isImage(graph: Graph, value: string): boolean {
  const { shape, dtype } = typeOf(graph, value);
  return shape.length === 4 && shape[0] === 'N' && dtype === 'float32';
}

function constantFrom(graph: Graph, node: Node, first: number): boolean {
  return node.inputs.slice(first).every((value) => value === '' || graph.constants.has(value));
}

/** A constant that is the same at every cell, or an image of the output's size: not one cell broadcast over all. */
function fitsCells(graph: Graph, node: Node, value: string): boolean {
  const [height, width] = typeOf(graph, value).shape.slice(-2);
  if (graph.constants.has(value)) return (height ?? 1) === 1 && (width ?? 1) === 1;
  const output = node.outputs[0] as string;
  return sizeAlong(graph, value, 0) === sizeAlong(graph, output, 0) && sizeAlong(graph, value, 1) === sizeAlong(graph, output, 1);
}

/** Constant padding of rows and columns moves cells; a mirrored or repeated edge is read from elsewhere. */
function padReach({ pads, mode }: Extract<Node, { op: 'Pad' }>['attrs']): Reach {
  const [n, c, top, left, nEnd, cEnd] = pads as [number, number, number, number, number, number];
  if (mode !== 'constant' || n + c + nEnd + cEnd > 0) return 'everything';
  return slidings([1, 1], { strides: [1, 1], dilations: [1, 1], pads: [top, left, 0, 0] });
}
