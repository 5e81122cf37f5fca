import type { Graph, Node } from '../graph/graph.ts';
import type { Pair } from '../graph/opset.ts';
import { slidings } from './intervals.ts';
import { type Reach, reachOf, sizeAlong, varying } from './receptiveField.ts';

/** The pixels of the input that the cells of a value depend on, [rows, columns]: cell i sees start + i·stride … start + i·stride + size − 1, padding included. */
export interface InputWindow {
  size: Pair;
  stride: Pair;
  start: Pair;
}

/**
 * The window of each value whose cells see no more than one: by the closed formula, from the input on. Values made of the whole
 * image, and those that are no images, are left out. Where paths meet, the window holds those of all of them.
 * @see Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019
 */
export function inputWindows(graph: Graph, input: string): ReadonlyMap<string, InputWindow> {
  const windows = new Map<string, InputWindow>([[input, { size: [1, 1], stride: [1, 1], start: [0, 0] }]]);
  for (const node of graph.nodes) {
    const read = varying(graph, node).map((value) => windows.get(value));
    const reach = read.length > 0 && read.every((window) => window !== undefined) ? windowReach(graph, node) : 'everything';
    if (reach === 'everything') continue;
    const met = (read as InputWindow[]).reduce<InputWindow | undefined>((a, b) => a && hull(a, b), read[0]);
    if (!met) continue;
    const window = reach === 'cell' ? met : behind(met, reach);
    for (const output of node.outputs) windows.set(output, window);
  }
  return windows;
}

/**
 * As `reachOf`, and rows and columns that are cut out (Cropping2D) besides: every cell is still one cell, elsewhere. Runs that
 * recompute a part only do not know how to cut and take them for everything.
 */
function windowReach(graph: Graph, node: Node): Reach {
  const reach = reachOf(graph, node);
  const [value] = node.inputs as [string];
  if (reach !== 'everything' || node.op !== 'Slice' || graph.types.get(value)?.shape.length !== 4) return reach;
  const { axes, starts, steps } = node.attrs;
  if (axes.some((axis) => axis < 2) || steps.some((step) => step < 1)) return reach;
  const along = (axis: 0 | 1) => {
    const at = axes.indexOf(axis + 2);
    const start = at < 0 ? 0 : (starts[at] as number);
    return { step: at < 0 ? 1 : (steps[at] as number), start: start < 0 ? Math.max(0, start + sizeAlong(graph, value, axis)) : start };
  };
  const [rows, columns] = [along(0), along(1)];
  return slidings([1, 1], { strides: [rows.step, columns.step], dilations: [1, 1], pads: [-rows.start, -columns.start, 0, 0] });
}

type Slidings = Exclude<ReturnType<typeof reachOf>, string>;

/** What a sliding window over cells with windows of their own sees. */
function behind({ size, stride, start }: InputWindow, reach: Slidings): InputWindow {
  const pair = (along: (axis: 0 | 1) => number): Pair => [along(0), along(1)];
  return {
    size: pair((a) => size[a] + (reach[a].kernel - 1) * reach[a].dilation * stride[a]),
    stride: pair((a) => stride[a] * reach[a].stride),
    start: pair((a) => start[a] - reach[a].pad * stride[a]),
  };
}

/** The smallest window that holds both; none where their steps differ, so that no one window moves with the cells. */
function hull(a: InputWindow, b: InputWindow): InputWindow | undefined {
  if (a === b) return a;
  if (a.stride[0] !== b.stride[0] || a.stride[1] !== b.stride[1]) return undefined;
  const along = (axis: 0 | 1) => {
    const from = Math.min(a.start[axis], b.start[axis]);
    return { from, size: Math.max(a.start[axis] + a.size[axis], b.start[axis] + b.size[axis]) - from };
  };
  const [rows, columns] = [along(0), along(1)];
  return { size: [rows.size, columns.size], stride: a.stride, start: [rows.from, columns.from] };
}
