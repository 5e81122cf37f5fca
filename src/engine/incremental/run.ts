import type { Tensors } from '../../execute/executor.ts';
import type { Patch } from '../../explain/method.ts';
import { bindBatch, float32, type Tensor, typeOf } from '../../graph/graph.ts';
import { area, hullOf, type Interval, length, type Region } from '../../transform/intervals.ts';
import { type Cells, changedCells, pasteAt, regionOf, type TileGraph } from '../../transform/tiles.ts';
import type { Planned } from '../programs.ts';
import { copyCells, newPiece, type Piece, Scratch, surround } from './piece.ts';
import type { IncrementalPlan, Stage } from './plan.ts';

/** Runs a graph of the model, kept under `name`: one step of the queue. */
export type Run = (name: string, plan: () => Planned, feeds: Tensors) => Promise<Tensors>;

/** Patches that go through the rest of the network in one run: its weights are read once for all of them. */
const restBatch = 8;

/**
 * Logits [n,classes] of an image with one patch after the other on it, a few at a time, from patch number `first` on. Equal to
 * those of the whole forward pass up to float rounding: every number comes from the same operands, in convolutions of
 * another size.
 * @param image [C,H,W]
 * @param patches those of the plan's grid
 */
export async function* incrementalLogits(
  plan: IncrementalPlan,
  image: Float32Array,
  patches: readonly Patch[],
  first: number,
  run: Run,
): AsyncGenerator<Float32Array, void> {
  const worker = new Worker(plan, run);
  await worker.start(image);
  const across = plan.stages[0]?.columns.at(-1)?.to as number;
  const band = plan.band * across;
  for (let from = Math.floor(first / band) * band; from < patches.length; from += band) {
    let tiles = patches.slice(from, from + band).map((patch) => worker.patch(patch));
    for (const stage of plan.stages) tiles = await worker.stage(stage, tiles, from / across);
    for (let i = Math.max(0, first - from); i < tiles.length; i += restBatch) yield await worker.rest(tiles.slice(i, i + restBatch));
  }
}

/** What a patch changes of a value; the piece may hold more, where it was computed together with others. */
interface Tile {
  piece: Piece;
  changed: Region;
}

/** A plan at work on one image. */
class Worker {
  readonly #plan: IncrementalPlan;
  readonly #run: Run;
  readonly #scratch = new Scratch();
  /** Values of the unchanged image. */
  readonly #clean = new Map<string, Piece>();

  constructor(plan: IncrementalPlan, run: Run) {
    this.#plan = plan;
    this.#run = run;
  }

  async start(image: Float32Array): Promise<void> {
    const { whole, clean, input } = this.#plan;
    const feed = float32(bindBatch(typeOf(whole, input).shape, 1), image);
    const values = await this.#run(`clean:${clean.outputs.join()}`, () => ({ graph: clean }), { [input]: feed });
    for (const [value, tensor] of [[input, feed] as const, ...Object.entries(values)]) this.#clean.set(value, pieceOf(tensor));
  }

  patch({ x, y, width, height, value }: Patch): Tile {
    const { channels } = this.#cleanOf(this.#plan.input);
    const changed: Region = [
      { from: y, to: y + height },
      { from: x, to: x + width },
    ];
    const piece = newPiece(channels, changed);
    piece.data.fill(value);
    return { piece, changed };
  }

  /** Tiles of a stage's output from those of its input: whole rows of patches, the first of which is row number `firstRow`. */
  async stage({ tile, rows, columns }: Stage, tiles: readonly Tile[], firstRow: number): Promise<Tile[]> {
    const across = columns.at(-1)?.to as number;
    const lastRow = firstRow + tiles.length / across;
    const own = rows.filter(({ from, to }) => from >= firstRow && to <= lastRow);
    const groups = own.flatMap((run) =>
      columns.map((group) => each(run).flatMap((row) => each(group).map((column) => (row - firstRow) * across + column))),
    );
    const made = new Array<Tile>(tiles.length);
    for (const members of groups) {
      const results = await this.#together(
        tile,
        members.map((i) => tiles[i] as Tile),
      );
      members.forEach((i, k) => {
        made[i] = results[k] as Tile;
      });
    }
    return made;
  }

  /** Logits [n,classes] from tiles of the cut. */
  async rest(tiles: readonly Tile[]): Promise<Float32Array> {
    const { cut, rest } = this.#plan;
    const feeds = { [cut]: this.#batch(cut, tiles, this.#cleanOf(cut).region) };
    const results = await this.#run(`rest:${cut}`, () => ({ graph: rest }), feeds);
    // A copy: the engine's own buffer may be a part of a larger one.
    return new Float32Array((results[rest.outputs[0] as string] as Tensor).data as Float32Array);
  }

  /** One run: every tile in a piece of the unchanged image that holds them all. */
  async #together(tile: TileGraph, tiles: readonly Tile[]): Promise<Tile[]> {
    const region = hullOf(tiles.map(({ changed }) => changed));
    const cells = changedCells(tile, region);
    const feeds = { [tile.from]: this.#batch(tile.from, tiles, region), ...this.#surroundings(tile, cells) };
    const planned = () => ({ graph: tile.graph, options: { freeSizes: true } });
    const results = await this.#run(`tiles:${tile.from}:${tile.to}`, planned, feeds);
    const pieces = split(results[tile.graph.outputs[0] as string] as Tensor, regionOf(cells, tile.to));
    return tiles.map(({ changed }, i) => ({ piece: pieces[i] as Piece, changed: regionOf(changedCells(tile, changed), tile.to) }));
  }

  /** What each patch changes, pasted into the unchanged value [n,C,h,w]. */
  #batch(value: string, tiles: readonly Tile[], region: Region): Tensor {
    const clean = this.#cleanOf(value);
    const size = clean.channels * area(region);
    const data = this.#scratch.take(value, tiles.length * size);
    tiles.forEach(({ piece, changed }, i) => {
      const into = { data: data.subarray(i * size, (i + 1) * size), channels: clean.channels, region };
      if (area(changed) < area(region)) copyCells(clean, into);
      copyCells(piece, into, changed);
    });
    return float32([tiles.length, clean.channels, ...region.map(length)], data);
  }

  /** What the tile graph reads besides the tile. */
  #surroundings({ pastes, shares }: TileGraph, cells: Cells): Tensors {
    const feeds: Tensors = {};
    for (const paste of pastes) {
      const { region, tile, pads } = pasteAt(cells, paste);
      const clean = this.#cleanOf(paste.value);
      const piece = { data: this.#scratch.take(paste.around, clean.channels * area(region)), channels: clean.channels, region };
      surround(piece, clean, tile, paste.fill);
      feeds[paste.around] = tensorOf(piece);
      feeds[paste.pads] = { dtype: 'int64', shape: [8], data: BigInt64Array.from(pads, BigInt) };
    }
    for (const { input, value, data, height, width } of shares) {
      const share = newPiece(1, regionOf(cells, value));
      copyCells(pieceOf(float32([1, 1, height, width], data)), share);
      feeds[input] = tensorOf(share);
    }
    return feeds;
  }

  #cleanOf(value: string): Piece {
    return this.#clean.get(value) as Piece;
  }
}

function each({ from, to }: Interval): number[] {
  return Array.from({ length: to - from }, (_, i) => from + i);
}

/** The whole of an image tensor [1,C,H,W]. */
function pieceOf({ shape, data }: Tensor): Piece {
  const [, channels, height, width] = shape as [number, number, number, number];
  return {
    data: data as Float32Array,
    channels,
    region: [
      { from: 0, to: height },
      { from: 0, to: width },
    ],
  };
}

function tensorOf({ data, channels, region }: Piece): Tensor {
  return float32([1, channels, ...region.map(length)], data);
}

function split({ shape, data }: Tensor, region: Region): Piece[] {
  const [count, channels] = shape as [number, number];
  const size = data.length / count;
  return Array.from({ length: count }, (_, i) => ({ data: (data as Float32Array).subarray(i * size, (i + 1) * size), channels, region }));
}
