import { elements, type Graph, type Node, typeOf } from '../../graph/graph.ts';
import { prune } from '../../graph/prune.ts';
import type { Model } from '../../importers/model.ts';
import { multiplyAdds } from '../../ops/multiplyAdds.ts';
import { cutValues } from '../../transform/cutValues.ts';
import { foldBatchNorm } from '../../transform/foldBatchNorm.ts';
import { hull, type Interval, length } from '../../transform/intervals.ts';
import { localNodes, reachOf, type Spread, spreadFrom } from '../../transform/receptiveField.ts';
import { between, type Paste, type TileGraph, tileGraph } from '../../transform/tiles.ts';
import { type Grid, groupNeighbours } from './grid.ts';

/** A part of the network that is computed on tiles. */
export interface Stage {
  tile: TileGraph;
  /** Neighbouring rows and columns of patches that share runs: one tile holds what any of them changes. */
  rows: readonly Interval[];
  columns: readonly Interval[];
}

/** How the network is computed for patches of one image: stage by stage on tiles, then the rest of it in full. */
export interface IncrementalPlan {
  /** The forward pass, batch norms folded. */
  whole: Graph;
  input: string;
  stages: readonly Stage[];
  /** Value up to which tiles are computed. */
  cut: string;
  /** Values of the unchanged image that the stages read. */
  clean: Graph;
  /** From `cut` to the logits. */
  rest: Graph;
  /** Rows of patches that go through the stages together. */
  band: number;
  /** Multiply-adds a patch takes, as a part of a forward pass. */
  recomputed: number;
  /** How many times faster than in full, estimated. */
  speedup: number;
}

/** Below this estimate the network is computed in full: it would not be worth the memory. */
const worthwhile = 1.3;

/** What work other than multiply-adds costs, in multiply-adds of a large convolution. */
export interface Costs {
  /** An element put into its surroundings, with the rearranging that breaks the engine's fused operators apart. */
  paste: number;
  /** An element of the surroundings, once a run. */
  around: number;
  /** An element written by an operator. */
  write: number;
  /** An element copied between two parts. */
  copy: number;
  /** A run of a part. */
  run: number;
  /** A weight read, once a run. */
  weight: number;
}

/** Measured on ResNet50 with onnxruntime on two cores (npm run bench:occlusion). */
const measured: Costs = { paste: 200, around: 100, write: 30, copy: 80, run: 3e7, weight: 20 };

/** Patches a side that may share runs. */
const sides = [1, 2, 4, 8];
/** Bytes of tiles between two stages. */
const bandBytes = 2 ** 26;
const mostRows = 4;

/** The plan that is estimated to be fastest; or, where the network is better computed in full, why, as the end of a sentence. */
export function planIncremental(model: Model, grid: Grid, costs = measured): IncrementalPlan | { refused: string } {
  const whole = foldBatchNorm(prune(model.graph, [model.logits])).graph;
  const input = model.input.value;
  const estimate = new Estimate(whole, { input, logits: model.logits }, grid, costs);
  const { path, cost } = estimate.cheapest();
  const speedup = estimate.full / cost;
  if (speedup < worthwhile) return { refused: whyFull(model, whole, grid) };
  const stages = path.map(({ from, to, rows, columns }) => ({ tile: tileGraph(whole, from, to), rows, columns }));
  const cut = path.at(-1)?.to as string;
  const read = stages.flatMap(({ tile }) => [tile.from, ...tile.pastes.map((p) => p.value)]);
  const clean = prune(
    whole,
    [...new Set([...read, cut])].filter((value) => value !== input),
  );
  return {
    whole,
    input,
    stages,
    cut,
    clean,
    rest: restOf(whole, cut, model.logits),
    band: estimate.band,
    recomputed: estimate.recomputed(path),
    speedup,
  };
}

function restOf(whole: Graph, cut: string, logits: string): Graph {
  const nodes = between(whole, cut, logits);
  const inputs = new Map([[cut, typeOf(whole, cut)]]);
  return prune({ ...whole, inputs, nodes }, [logits]);
}

/** A stage as the estimate sees it. */
interface Step {
  from: string;
  to: string;
  rows: readonly Interval[];
  columns: readonly Interval[];
}

/** Neighbours along one axis and, for each group of them, the cells that change. */
interface Groups {
  runs: readonly Interval[];
  cells: readonly ReadonlyMap<string, Interval>[];
}

/** What each way of computing the patches of a grid would cost, in multiply-adds of a patch. */
class Estimate {
  readonly full: number;
  readonly band: number;
  readonly #whole: Graph;
  readonly #grid: Grid;
  readonly #costs: Costs;
  readonly #local: readonly Node[];
  /** Where a stage can begin and end, in order; the first is the input. */
  readonly #cuts: readonly string[];
  /** Along each axis, for each place, the cells that change. */
  readonly #changed: readonly [ReadonlyMap<string, Interval>[], ReadonlyMap<string, Interval>[]];
  readonly #pastes: ReadonlyMap<Node, readonly Paste[]>;
  /** Cost of what follows each cut, in full. */
  readonly #after: ReadonlyMap<string, number>;
  readonly #spreads = new Map<string, Spread>();

  constructor(whole: Graph, { input, logits }: { input: string; logits: string }, grid: Grid, costs: Costs) {
    this.#costs = costs;
    this.#whole = whole;
    this.#grid = grid;
    const local = localNodes(whole, input);
    this.#cuts = cutsForTiles(whole, local, input, logits);
    const last = this.#cuts.at(-1) as string;
    this.#local = local.slice(0, local.findIndex((node) => node.outputs.includes(last)) + 1);
    const spread = this.#spreadFrom(input);
    this.#changed = [grid.rows.map((at) => spread(0, at)), grid.columns.map((at) => spread(1, at))];
    const pastes = last === input ? [] : tileGraph(whole, input, last).pastes;
    this.#pastes = new Map(pastes.map(({ node }) => [node, pastes.filter((p) => p.node === node)]));
    this.full = whole.nodes.reduce((sum, node) => sum + this.#nodeCost(node), 0);
    let after = this.full;
    const costsAfter = new Map([[input, after]]);
    for (const node of this.#local) {
      after -= this.#nodeCost(node);
      for (const output of node.outputs) costsAfter.set(output, after + this.#costs.copy * elements(typeOf(whole, output).shape));
    }
    this.#after = costsAfter;
    this.band = this.#rowsTogether();
  }

  /** The cheapest path from the input over stages to a cut, and what it costs with all that follows. */
  cheapest(): { path: readonly Step[]; cost: number } {
    const best = new Map<string, { path: readonly Step[]; cost: number }>([[this.#cuts[0] as string, { path: [], cost: 0 }]]);
    for (const [i, from] of this.#cuts.entries()) {
      const before = best.get(from);
      if (!before) continue;
      for (const { step, cost } of this.#steps(from, this.#cuts.slice(i + 1))) {
        const total = before.cost + cost;
        if (total < (best.get(step.to)?.cost ?? Infinity)) best.set(step.to, { path: [...before.path, step], cost: total });
      }
    }
    const ends = [...best].map(([cut, { path, cost }]) => ({ path, cost: cost + (this.#after.get(cut) as number) }));
    return ends.reduce((a, b) => (b.cost < a.cost ? b : a));
  }

  /** Multiply-adds of a patch on a path, as a part of a forward pass. */
  recomputed(path: readonly Step[]): number {
    const { nodes } = this.#whole;
    const all = nodes.reduce((sum, node) => sum + multiplyAdds(this.#whole, node), 0);
    const onTiles = new Set<Node>();
    let work = 0;
    for (const { from, to, rows, columns } of path) {
      const groups = [this.#groups(0, from, rows), this.#groups(1, from, columns)] as const;
      for (const node of between(this.#whole, from, to)) {
        onTiles.add(node);
        work += (multiplyAdds(this.#whole, node) * this.#cellsOf(groups, node)) / this.#size(node);
      }
    }
    for (const node of nodes) if (!onTiles.has(node)) work += multiplyAdds(this.#whole, node);
    return work / all;
  }

  /** Every stage that begins at `from`, with the cheapest grouping for each end. */
  #steps(from: string, ends: readonly string[]): { step: Step; cost: number }[] {
    const cheapest = new Map<string, { step: Step; cost: number }>();
    const nodes = this.#nodesAfter(from);
    const options = (axis: 0 | 1, band: number) =>
      sides.map((side) =>
        this.#groups(
          axis,
          from,
          groupNeighbours(
            this.#changed[axis].map((cells) => cells.get(from) as Interval),
            side,
            band,
          ),
        ),
      );
    for (const rows of options(0, this.band)) {
      for (const columns of options(1, Infinity)) {
        let cost = (rows.runs.length * columns.runs.length * this.#costs.run) / this.#patches;
        cost += this.#costs.copy * this.#elements([rows, columns], from);
        for (const node of nodes) {
          cost += this.#tileCost([rows, columns], node);
          cost += (rows.runs.length * columns.runs.length * this.#costs.weight * this.#weights(node)) / this.#patches;
          const to = node.outputs[0] as string;
          if (!ends.includes(to)) continue;
          const total = cost + this.#costs.copy * this.#elements([rows, columns], to);
          if (total < (cheapest.get(to)?.cost ?? Infinity))
            cheapest.set(to, { step: { from, to, rows: rows.runs, columns: columns.runs }, cost: total });
        }
      }
    }
    return [...cheapest.values()];
  }

  #weights({ inputs }: Node): number {
    return sum(inputs.map((value) => this.#whole.constants.get(value)?.data.length ?? 0));
  }

  /** Cost of a node on tiles, for one patch. */
  #tileCost(groups: readonly [Groups, Groups], node: Node): number {
    const own = (this.#nodeCost(node) * this.#cellsOf(groups, node)) / this.#size(node);
    const pastes = (this.#pastes.get(node) ?? []).map((paste) => {
      const channels = typeOf(this.#whole, paste.value).shape[1] as number;
      const [rows, columns] = groups.map(({ runs, cells }, axis) => {
        const lengths = cells.map((at) => length(paste.piece(axis as 0 | 1, at)));
        return { each: sum(lengths), all: sum(lengths.map((l, i) => l * length(runs[i] as Interval))) };
      }) as [{ each: number; all: number }, { each: number; all: number }];
      return (channels * (this.#costs.paste * rows.all * columns.all + this.#costs.around * rows.each * columns.each)) / this.#patches;
    });
    return own + sum(pastes);
  }

  /** Cost of a node in full. */
  #nodeCost(node: Node): number {
    const written =
      reachOf(this.#whole, node) === 'cell' && node.inputs.length === 1
        ? 0
        : elements(typeOf(this.#whole, node.outputs[0] as string).shape);
    return multiplyAdds(this.#whole, node) + this.#costs.write * written;
  }

  /** Cells of a node's output that are computed, mean of the patches. */
  #cellsOf(groups: readonly [Groups, Groups], node: Node): number {
    return this.#cells(groups, node.outputs[0] as string);
  }

  #elements(groups: readonly [Groups, Groups], value: string): number {
    return (typeOf(this.#whole, value).shape[1] as number) * this.#cells(groups, value);
  }

  #cells([rows, columns]: readonly [Groups, Groups], value: string): number {
    const along = ({ runs, cells }: Groups) => sum(cells.map((at, i) => length(at.get(value) as Interval) * length(runs[i] as Interval)));
    return (along(rows) * along(columns)) / this.#patches;
  }

  #size(node: Node): number {
    return elements(typeOf(this.#whole, node.outputs[0] as string).shape.slice(2));
  }

  get #patches(): number {
    return this.#grid.rows.length * this.#grid.columns.length;
  }

  #groups(axis: 0 | 1, from: string, runs: readonly Interval[]): Groups {
    const at = (run: Interval) =>
      this.#changed[axis]
        .slice(run.from, run.to)
        .map((cells) => cells.get(from) as Interval)
        .reduce(hull);
    const spread = this.#spreadFrom(from);
    return { runs, cells: runs.map((run) => spread(axis, at(run))) };
  }

  #spreadFrom(from: string): Spread {
    const spread = this.#spreads.get(from) ?? spreadFrom(this.#whole, from, this.#nodesAfter(from));
    this.#spreads.set(from, spread);
    return spread;
  }

  #nodesAfter(value: string): readonly Node[] {
    return this.#local.slice(this.#local.findIndex((node) => node.outputs.includes(value)) + 1);
  }

  /** As many rows of patches as keep their tiles small. */
  #rowsTogether(): number {
    const most = (axis: 0 | 1, value: string) => Math.max(...this.#changed[axis].map((cells) => length(cells.get(value) as Interval)));
    const largest = Math.max(
      ...this.#cuts.map((value) => (typeOf(this.#whole, value).shape[1] as number) * most(0, value) * most(1, value)),
    );
    const row = largest * this.#grid.columns.length * Float32Array.BYTES_PER_ELEMENT;
    return Math.max(1, Math.min(mostRows, Math.floor(bandBytes / row)));
  }
}

/** Values where tiles can be handed on: all of the network passes through them, and windows or the rest read them. */
function cutsForTiles(whole: Graph, local: readonly Node[], input: string, logits: string): string[] {
  const cuts = cutValues(whole, input, logits);
  const reading = whole.nodes.filter((node) => reachOf(whole, node) !== 'cell');
  const read = new Set(reading.flatMap((node) => node.inputs));
  return [input, ...local.flatMap((node) => node.outputs.filter((value) => cuts.has(value) && read.has(value)))];
}

/** Why a network is computed in full: the first layer that patches, on average, reach nearly all of; or what reads everything. */
function whyFull(model: Model, whole: Graph, grid: Grid): string {
  const local = localNodes(whole, model.input.value);
  const spread = spreadFrom(whole, model.input.value, local);
  const axes = [grid.rows.map((at) => spread(0, at)), grid.columns.map((at) => spread(1, at))];
  const reached = (value: string) =>
    axes.reduce((share, cells, axis) => {
      const size = typeOf(whole, value).shape[2 + axis] as number;
      return (share * sum(cells.map((at) => length(at.get(value) as Interval)))) / (cells.length * size);
    }, 1);
  const values = new Set(local.flatMap((node) => node.outputs));
  const layer = model.layers.find(({ value }) => !values.has(value) || reached(value) > 0.8);
  return layer
    ? `a patch reaches ${values.has(layer.value) ? 'nearly ' : ''}all of layer '${layer.name}'`
    : 'a patch reaches most of the network';
}

function sum(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0);
}
