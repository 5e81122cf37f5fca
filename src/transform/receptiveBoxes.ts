import { bindBatch, type Graph, typeOf } from '../graph/graph.ts';
import type { Pair } from '../graph/opset.ts';
import type { Rect } from '../shared/protocol.ts';
import type { Placement } from '../shared/unitsProtocol.ts';
import { type Channel, type Field, union } from './receptive/field.ts';
import { picture } from './receptive/shaped.ts';
import { alive, hull, pixels, type Spans, type Window } from './receptive/spans.ts';
import { behind } from './receptive/steps.ts';

export interface BoxOptions {
  /** A factor that is the same for all cells of a picture (squeeze and excitation) makes every receptive field the whole image: leaves it out. */
  ignoreGates?: boolean;
}

/**
 * Exact receptive fields: the smallest box of input pixels that holds all that a cell of a value depends on, for any graph. Padding
 * is no pixel; weights that happen to be 0 count like others.
 *
 * Rows and columns do not mix, so what a cell sees is known from the input on, once for each row and each column of every value:
 * the hull of what the cells see that it reads. Dilated windows, mirrored edges and paths that see different things come out
 * exact, because only cells that are read count.
 * @see Araujo, Norris, Sim, Computing Receptive Fields of Convolutional Neural Networks, Distill 2019, whose closed form is for one path
 */
export class ReceptiveBoxes {
  readonly #fields: ReadonlyMap<string, Field>;
  readonly #channels = new Map<string, Channel>();

  constructor(graph: Graph, input: string, { ignoreGates = false }: BoxOptions = {}) {
    this.#fields = fieldsOf(graph, input, ignoreGates);
  }

  /**
   * Of the cell of a picture [N,C,H,W], or of a vector (cell 0, 0), in input pixels; undefined: it sees nothing but padding.
   * `unit`: of that channel alone, which sees less where channels of several kinds stand side by side.
   */
  box(value: string, row: number, column: number, unit?: number): Rect | undefined {
    let [left, top, right, bottom] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0];
    for (const { rows, columns } of this.#seenBy(value, unit)) {
      const [r, c] = [cellOf(rows, row), cellOf(columns, column)];
      if (!alive(rows, r) || !alive(columns, c)) continue;
      [left, right] = [Math.min(left, columns.from[c]!), Math.max(right, columns.to[c]!)];
      [top, bottom] = [Math.min(top, rows.from[r]!), Math.max(bottom, rows.to[r]!)];
    }
    return right > left ? { x: left, y: top, width: right - left, height: bottom - top } : undefined;
  }

  /** Unclipped windows of the cells of a picture along [rows, columns]; undefined: everything is seen, wherever the cell is. */
  windows(value: string): readonly [Window | undefined, Window | undefined] {
    const parts = this.#seenBy(value, undefined);
    const along = (axis: 'rows' | 'columns') =>
      parts.map((part) => part[axis]).reduce<Spans | undefined>((a, b) => (a ? hull(a, b) : b), undefined);
    return [along('rows')?.window, along('columns')?.window];
  }

  /**
   * Pixels that each cell of a value sees, padding included, and the step between neighbours, [rows, columns]. Undefined: everything,
   * or not the same for all; no picture.
   */
  size(value: string): { size: Pair; stride: Pair } | undefined {
    const field = this.#fields.get(value);
    if (field?.rows === undefined || field.columns === undefined) return undefined;
    const [rows, columns] = this.windows(value);
    if (!rows?.exact || !columns?.exact) return undefined;
    return { size: [rows.size, columns.size], stride: [rows.stride, columns.stride] };
  }

  #seenBy(value: string, unit: number | undefined): Channel {
    const field = this.#fields.get(value);
    if (!field) throw new Error(`'${value}' does not depend on the image`);
    if (unit !== undefined && field.channels.length > 1) return field.channels[unit] as Channel;
    const known = this.#channels.get(value) ?? union(field.channels);
    this.#channels.set(value, known);
    return known;
  }
}

/** Cells that all see the same are kept as one. */
function cellOf({ from }: Spans, cell: number): number {
  return from.length === 1 ? 0 : cell;
}

function fieldsOf(graph: Graph, input: string, ignoreGates: boolean): ReadonlyMap<string, Field> {
  const [, , height, width] = bindBatch(typeOf(graph, input).shape, 1) as [number, number, number, number];
  const fields = new Map([[input, picture([[{ rows: pixels(height), columns: pixels(width) }]])]]);
  const context = { graph, ignoreGates, field: (value: string) => fields.get(value) };
  for (const node of graph.nodes) {
    if (!node.inputs.some((value) => fields.has(value))) continue;
    const made = behind(context, node);
    for (const [i, output] of node.outputs.entries()) fields.set(output, (made[i] ?? made[0]) as Field);
  }
  return fields;
}

const kept = new WeakMap<Graph, Map<boolean, ReceptiveBoxes>>();

/** Those of a graph, worked out once. */
export function receptiveBoxes(graph: Graph, input: string, { ignoreGates = false }: BoxOptions = {}): ReceptiveBoxes {
  const ofGraph = kept.get(graph) ?? new Map<boolean, ReceptiveBoxes>();
  kept.set(graph, ofGraph);
  const boxes = ofGraph.get(ignoreGates) ?? new ReceptiveBoxes(graph, input, { ignoreGates });
  ofGraph.set(ignoreGates, boxes);
  return boxes;
}

/**
 * Where the cells of a value, a picture or a vector, lie in the input: the centres of their receptive fields, padding included, so
 * that those at the edge keep their distance. Gates, and what sees everything beside others that do not, say nothing of a place.
 */
export function centres(graph: Graph, input: string, value: string): Placement {
  const windows = receptiveBoxes(graph, input, { ignoreGates: true }).windows(value);
  const [cells, pixels] = [value, input].map((v) => bindBatch(typeOf(graph, v).shape, 1).slice(2)) as [number[], number[]];
  const along = (axis: 0 | 1) => {
    const size = cells[axis] ?? 1;
    // Evenly: each in the middle of its share of the input.
    const step = (pixels[axis] as number) / size;
    const { start, size: seen, stride } = windows[axis] ?? { start: 0, size: step, stride: step };
    return Float32Array.from({ length: size }, (_, i) => start + i * stride + (seen - 1) / 2);
  };
  return { rows: along(0), columns: along(1), even: windows.includes(undefined) };
}
