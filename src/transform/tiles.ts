import type { GraphBuilder } from '../graph/builder.ts';
import { float32, type Graph, type Node, type NodeOf, typeOf } from '../graph/graph.ts';
import type { Pads } from '../graph/opset.ts';
import { windowShare } from '../ops/averagePool.ts';
import { newBuilder } from '../ops/index.ts';
import { type Interval, length, type Region, readBy, type Sliding, sameInterval } from './intervals.ts';
import { reachOf, type Spread, sizeAlong, spreadFrom } from './receptiveField.ts';

/** A tile that an operator reads with more around it than can have changed: put into a piece of the unchanged value. */
export interface Paste {
  /** The value of the whole graph that the tile is a part of. */
  value: string;
  /** The node of the whole graph that reads it, the first where there are several. */
  node: Node;
  /** What stands beyond the image: what padding counts as for the operator that reads it. */
  fill: number;
  /** Input of the tile graph: the unchanged value [1,C,h,w] of the piece, zeros where the tile comes. */
  around: string;
  /** Input of the tile graph: how far the piece goes beyond the tile, as pads of a Pad [8]; negative where it ends before it. */
  pads: string;
  /** The piece along an axis, given the cells of every value that can change. */
  piece(axis: 0 | 1, cells: ReadonlyMap<string, Interval>): Interval;
}

/** A constant of an image's size [1,1,H,W], of which a tile graph reads the cells of a tile. */
export interface Share {
  /** Input of the tile graph. */
  input: string;
  /** The value whose cells it is read at. */
  value: string;
  data: Float32Array;
  height: number;
  width: number;
}

/**
 * A part of a graph, from one value to another, that computes only the cells that can change. Its input and its output are
 * tiles of these values; their sizes are free, the ones in the graph are those of the whole image.
 */
export interface TileGraph {
  graph: Graph;
  from: string;
  to: string;
  /** The nodes of the whole graph. */
  nodes: readonly Node[];
  spread: Spread;
  pastes: readonly Paste[];
  shares: readonly Share[];
}

/**
 * Rewrites what lies between two values, through both of which everything passes (`cutValues`), for tiles: before each window
 * operator and at each join the tile is pasted into unchanged surroundings, so that the numbers are those of the whole image
 * and nothing is computed twice.
 * Every node between must reach no further than windows (`localNodes`).
 */
export function tileGraph(whole: Graph, from: string, to: string): TileGraph {
  const nodes = between(whole, from, to);
  const spread = spreadFrom(whole, from, nodes);
  const writer = new TileWriter(whole, from, spread);
  for (const node of nodes) writer.add(node);
  return {
    graph: writer.b.build([writer.tileOf(to)]),
    from,
    to,
    nodes,
    spread,
    pastes: [...writer.pastes.values()],
    shares: writer.shares,
  };
}

/** Nodes that lead from `from` to `to`, in order. */
export function between(graph: Graph, from: string, to: string): Node[] {
  const needed = new Set([to]);
  const nodes = graph.nodes.toReversed().filter((node) => {
    if (node.outputs.includes(from) || !node.outputs.some((o) => needed.has(o))) return false;
    for (const input of node.inputs) if (input !== from) needed.add(input);
    return true;
  });
  return nodes.reverse();
}

class TileWriter {
  readonly b: GraphBuilder = newBuilder();
  readonly pastes = new Map<string, Paste>();
  readonly shares: Share[] = [];
  readonly #whole: Graph;
  /** Name in the tile graph, where it is another. */
  readonly #tiles = new Map<string, string>();
  /** Cells of each value that change with single cells of the input, along each axis. */
  readonly #probes: readonly (readonly ReadonlyMap<string, Interval>[])[];
  /** The same where the whole input changes: what the sizes in the tile graph are of. */
  readonly #all: Cells;

  constructor(whole: Graph, from: string, spread: Spread) {
    this.#whole = whole;
    this.b.input(from, typeOf(whole, from));
    const size = (axis: 0 | 1) => sizeAlong(whole, from, axis);
    this.#probes = ([0, 1] as const).map((axis) =>
      Array.from({ length: size(axis) }, (_, cell) => spread(axis, { from: cell, to: cell + 1 })),
    );
    this.#all = [spread(0, { from: 0, to: size(0) }), spread(1, { from: 0, to: size(1) })];
  }

  tileOf(value: string): string {
    return this.#tiles.get(value) ?? value;
  }

  add(node: Node): void {
    const reach = reachOf(this.#whole, node);
    if (reach === 'cell') this.#cellwise(node);
    else if (node.op === 'Pad') this.#tiles.set(node.outputs[0] as string, this.tileOf(node.inputs[0] as string));
    else if (node.op === 'Conv' || node.op === 'MaxPool' || node.op === 'AveragePool')
      this.#window(node, reach as readonly [Sliding, Sliding]);
    else throw new Error(`${node.op} '${node.outputs[0]}' cannot be computed on a tile`);
  }

  /** Each input as far as the output goes. */
  #cellwise(node: Node): void {
    const output = node.outputs[0] as string;
    const inputs = node.inputs.map((value) => {
      if (value === '') return value;
      if (this.#whole.constants.has(value)) return this.#constant(value);
      return this.#changesWith(value, output)
        ? this.tileOf(value)
        : this.#paste(node, value, output, 0, (_, cells) => cells.get(output) as Interval);
    });
    this.b.add({ ...node, inputs });
  }

  #window(node: NodeOf<'Conv'> | NodeOf<'MaxPool'> | NodeOf<'AveragePool'>, windows: readonly [Sliding, Sliding]): void {
    const [x, ...rest] = node.inputs as [string, ...string[]];
    const output = node.outputs[0] as string;
    const alone = windows.every(({ kernel, stride, pad }) => kernel === 1 && stride === 1 && pad === 0);
    const piece = (axis: 0 | 1, cells: ReadonlyMap<string, Interval>): Interval => {
      const read = readBy(windows[axis], cells.get(output) as Interval);
      // Cells of the tile that no window reads stay at its end: less than a stride, they make no further output.
      return { from: read.from, to: Math.max(read.to, (cells.get(x) as Interval).to) };
    };
    const key = windows.map(({ kernel, stride, dilation, pad }) => [kernel, stride, dilation, pad].join()).join(' ');
    const padded = alone ? this.tileOf(x) : this.#paste(node, x, key, node.op === 'MaxPool' ? -Infinity : 0, piece);
    const inputs = [padded, ...rest.map((value) => (value === '' ? value : this.#constant(value)))];
    if (node.op === 'Conv') this.b.add({ ...node, inputs, attrs: { ...node.attrs, pads: noPads } });
    else if (node.op === 'MaxPool') this.b.add({ ...node, inputs, attrs: { ...node.attrs, pads: noPads, ceilMode: false } });
    else this.#averagePool(node, inputs);
  }

  /** Every window over all its cells, zeros beyond the image; then, where fewer count, by how many fewer. */
  #averagePool(node: NodeOf<'AveragePool'>, inputs: readonly string[]): void {
    const [output, { kernel }] = [node.outputs[0] as string, node.attrs];
    const attrs = { ...node.attrs, pads: noPads, ceilMode: false, countIncludePad: true };
    const [height, width] = [sizeAlong(this.#whole, output, 0), sizeAlong(this.#whole, output, 1)];
    const x = node.inputs[0] as string;
    const share = windowShare(node, sizeAlong(this.#whole, x, 0), sizeAlong(this.#whole, x, 1), height, width);
    const data = (share.data as Float32Array).map((s) => s * kernel[0] * kernel[1]);
    if (data.every((factor) => Math.abs(factor - 1) < 1e-6)) {
      this.b.add({ ...node, inputs, attrs });
      return;
    }
    const mean = this.b.op('AveragePool', inputs, attrs, this.#free(`${output}:mean`));
    const input = this.b.input(this.#free(`${output}:share`), { dtype: 'float32', shape: [1, 1, height, width] });
    this.shares.push({ input, value: output, data, height, width });
    this.b.op('Mul', [mean, input], {}, output);
  }

  #paste(node: Node, value: string, key: string, fill: number, piece: Paste['piece']): string {
    const known = `${value} ${fill} ${key}`;
    const { around, pads } = this.pastes.get(known) ?? this.#newPaste(known, { node, value, fill, piece });
    const attrs = { pads: pasteAt(this.#all, { value, piece }).pads, mode: 'constant', value: 0 } as const;
    const padded = this.b.op('Pad', [this.tileOf(value), pads], attrs, this.#free(`${value}:padded`));
    return this.b.op('Add', [padded, around], {}, this.#free(`${value}:pasted`));
  }

  #newPaste(key: string, paste: Omit<Paste, 'around' | 'pads'>): Paste {
    const { region } = pasteAt(this.#all, paste);
    const shape = [1, typeOf(this.#whole, paste.value).shape[1] as number, ...region.map(length)];
    const around = this.b.input(this.#free(`${paste.value}:around`), { dtype: 'float32', shape });
    const pads = this.b.input(this.#free(`${paste.value}:pads`), { dtype: 'int64', shape: [8] });
    const made = { ...paste, around, pads };
    this.pastes.set(key, made);
    return made;
  }

  /** Whether two values change at the same cells, whatever changes: where this holds for single cells it does for all. */
  #changesWith(a: string, b: string): boolean {
    return this.#probes.every((cells) => cells.every((at) => sameInterval(at.get(a) as Interval, at.get(b) as Interval)));
  }

  /** A name that no value of the whole graph has, whose nodes keep theirs. */
  #free(name: string): string {
    const unique = this.b.unique(name);
    return this.#whole.types.has(unique) ? this.#free(`${unique}'`) : unique;
  }

  #constant(name: string): string {
    return this.b.has(name) ? name : this.b.constant(name, this.#whole.constants.get(name) ?? float32([], [0]));
  }
}

const noPads: Pads = [0, 0, 0, 0];

/** Where a patch changes things: the cells of every value of a tile graph that can change with those of its input. */
export type Cells = readonly [rows: ReadonlyMap<string, Interval>, columns: ReadonlyMap<string, Interval>];

export function changedCells({ spread }: TileGraph, [rows, columns]: Region): Cells {
  return [spread(0, rows), spread(1, columns)];
}

export function regionOf([rows, columns]: Cells, value: string): Region {
  return [rows.get(value) as Interval, columns.get(value) as Interval];
}

/** Where a paste comes to lie: the piece's cells, the tile's, and the pads that make one of the other. */
export function pasteAt(cells: Cells, { value, piece }: Pick<Paste, 'value' | 'piece'>): { region: Region; tile: Region; pads: number[] } {
  const tile = regionOf(cells, value);
  const region: Region = [piece(0, cells[0]), piece(1, cells[1])];
  const begins = region.map(({ from }, axis) => tile[axis as 0 | 1].from - from);
  const ends = region.map(({ to }, axis) => to - tile[axis as 0 | 1].to);
  return { region, tile, pads: [0, 0, ...begins, 0, 0, ...ends] };
}
