import type { GraphBuilder } from '../graph/builder.ts';
import { check } from '../graph/check.ts';
import { consumers, type Graph, type Node, sameShape, typeOf } from '../graph/graph.ts';
import type { Shape } from '../graph/opset.ts';
import { prune } from '../graph/prune.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { cutValues } from '../transform/cutValues.ts';
import { type FoldedValue, foldBatchNorm } from '../transform/foldBatchNorm.ts';
import { findLayer, inputLayer } from './layers.ts';
import type { GraphMethod, LayerValues, Params } from './method.ts';
import type { Bounds, Sweep } from './sweep.ts';

/** One map asked of a plan. `layer` is a layer's name, or `input`. */
export interface MapSpec {
  method: GraphMethod;
  variant: string;
  layer: string;
  params?: Params;
}

/** The total of a conserved sweep where all of it passes through one value. */
export interface LayerSum {
  sweep: string;
  layer: string;
  /** Σ, one number an image. */
  value: string;
  /** Σ of the absolute values at the logits, one number an image. */
  magnitude: string;
}

/** An explanation graph: image and target in, logits and all maps out. */
export interface Plan {
  graph: Graph;
  /** Weight of each logit in the scalar explained [N,classes], an input: one plan serves every class. One-hot for a class. */
  classInput: string;
  logits: string;
  /** Value of each map, in the order asked: H·W cells an image. */
  maps: readonly string[];
  /** Totals of the conserved sweeps, from the logits to the input. */
  sums: readonly LayerSum[];
  /** Inputs [C] that a sweep reads: fed values of black and white. */
  bounds: Bounds | undefined;
}

/**
 * One graph for any number of maps: the forward pass and each sweep are shared by all methods and layers; nodes nobody
 * asked for are not in it. Logits are always an output.
 */
export function planMaps(model: Model, specs: readonly MapSpec[]): Plan {
  const asked = specs.map(({ layer }) => (layer === inputLayer ? model.input.value : findLayer(model, layer).value));
  const { graph: forward, values: folded } = forwardGraph(model, specs, asked);
  const b = newBuilder(forward);
  // As many as there are images: a model that works across its batch takes one only.
  const [images] = b.shape(model.logits) as [Shape[number]];
  const classInput = b.input(b.unique('class'), { dtype: 'float32', shape: [images, model.classes] });
  const inGraph = (value: string) => folded.get(value)?.norm ?? value;
  const swept = new Sweeps(b, model, classInput);
  specs.forEach(({ method, variant, params = {} }, i) => {
    for (const sweep of method.sweeps(variant, params)) swept.want(sweep, inGraph(asked[i] as string));
    for (const sweep of method.inputSweeps?.(variant, params) ?? []) swept.want(sweep, model.input.value);
  });
  const measured = swept.run(conservationPoints(model, forward));
  const parts = sums(forward);
  const emitAt = (spec: MapSpec, value: string): string => {
    const { method, variant, params = {} } = spec;
    const summands = method.additive ? parts.get(value) : undefined;
    if (summands?.every((part) => asked.includes(part))) {
      return summands.map((part) => emitAt(spec, part)).reduce((sum, map) => b.op('Add', [sum, map], {}));
    }
    const at = swept.at(inGraph(value));
    const before = folded.get(value);
    return before && method.emitBeforeAffine
      ? method.emitBeforeAffine(b, at, before.shift, method.computes(variant))
      : method.emit(b, at, method.computes(variant), params);
  };
  const maps = specs.map((spec, i) => emitAt(spec, asked[i] as string));
  const outputs = [model.logits, ...new Set([...maps, ...measured.flatMap((m) => [m.value, m.magnitude])])];
  const graph = check(prune(b.build(outputs), outputs), infer);
  return { graph, classInput, logits: model.logits, maps, sums: measured, bounds: swept.bounds };
}

/** The sweeps of a plan: each walked once, for all that read it. */
class Sweeps {
  readonly #b: GraphBuilder;
  readonly #model: Model;
  readonly #target: string;
  readonly #wanted = new Map<string, { sweep: Sweep; wrt: Set<string> }>();
  readonly #results = new Map<string, Map<string, string>>();
  #positions: Map<string, number> | undefined;
  bounds: Bounds | undefined;

  constructor(b: GraphBuilder, model: Model, target: string) {
    this.#b = b;
    this.#model = model;
    this.#target = target;
  }

  want(sweep: Sweep, value: string): void {
    const known = this.#wanted.get(sweep.id) ?? { sweep, wrt: new Set<string>() };
    known.wrt.add(value);
    this.#wanted.set(sweep.id, known);
  }

  /** Walks them all; `points`: where a conserved quantity is summed up. */
  run(points: readonly { layer: string; value: string }[]): LayerSum[] {
    const totals: LayerSum[] = [];
    // No further down than the maps go: measuring is no reason to walk on.
    const deepest = (wrt: ReadonlySet<string>) => Math.min(...[...wrt].map((value) => this.#position(value)));
    for (const { sweep, wrt } of this.#wanted.values()) {
      const measured = sweep.conserved ? points.filter((p) => this.#position(p.value) >= deepest(wrt)) : [];
      const values = sweep.emit(this.#b, this.#context(), [...new Set([...wrt, ...measured.map((p) => p.value)])]);
      this.#results.set(sweep.id, values);
      for (const { layer, value } of measured) {
        const quantity = values.get(value);
        if (quantity === undefined) continue;
        const start = values.get(this.#model.logits) ?? quantity;
        const magnitude = total(this.#b, this.#b.op('Abs', [start], {}));
        totals.push({ sweep: sweep.id, layer, value: total(this.#b, quantity), magnitude });
      }
    }
    return totals;
  }

  /** Order of computation: the input comes first. */
  #position(value: string): number {
    this.#positions ??= new Map(this.#b.nodes.flatMap((node, at) => node.outputs.map((o) => [o, at] as const)));
    return this.#positions.get(value) ?? -1;
  }

  at(activation: string): LayerValues {
    const read = (sweep: Sweep, value: string): string => {
      const values = this.#results.get(sweep.id);
      if (!values) throw new Error(`the sweep '${sweep.id}' was not announced`);
      return values.get(value) ?? this.#b.op('Mul', [value, this.#b.scalar(0)], {});
    };
    return {
      model: this.#model,
      activation,
      shape: this.#b.shape(activation),
      input: this.#model.input.value,
      logits: this.#model.logits,
      target: this.#target,
      swept: (sweep) => read(sweep, activation),
      sweptAtInput: (sweep) => read(sweep, this.#model.input.value),
    };
  }

  #context() {
    const { logits, input } = this.#model;
    return { model: this.#model, logits, target: this.#target, input: input.value, bounds: () => this.#inputBounds() };
  }

  #inputBounds(): Bounds {
    const shape = [this.#model.input.channels];
    const make = (name: string) => this.#b.input(this.#b.unique(name), { dtype: 'float32', shape });
    this.bounds ??= { low: make('low'), high: make('high') };
    return this.bounds;
  }
}

/** Σ over everything but the batch: [N]. */
function total(b: GraphBuilder, value: string): string {
  const axes = b.shape(value).flatMap((_, axis) => (axis === 0 ? [] : [axis]));
  return b.op('ReduceSum', [value], { axes, keepdims: false });
}

/** Layers through which everything passes, from the logits to the input: there a conserved total can be measured. */
function conservationPoints(model: Model, graph: Graph): { layer: string; value: string }[] {
  const cuts = cutValues(graph, model.input.value, model.logits);
  const inside = model.layers.filter(({ value }) => cuts.has(value) && value !== model.input.value && value !== model.logits);
  return [
    { layer: 'logits', value: model.logits },
    ...inside.map((layer) => ({ layer: layer.name, value: layer.value })).reverse(),
    { layer: inputLayer, value: model.input.value },
  ];
}

/** The forward pass, with batch norms folded into convolutions where neither method nor sweep reads what folding takes away. */
function forwardGraph(
  model: Model,
  specs: readonly MapSpec[],
  asked: readonly string[],
): { graph: Graph; values: ReadonlyMap<string, FoldedValue> } {
  const forward = prune(model.graph, [model.logits]);
  const sweeps = specs.flatMap(({ method, variant, params = {} }) => [
    ...method.sweeps(variant, params),
    ...(method.inputSweeps?.(variant, params) ?? []),
  ]);
  if (!sweeps.every((sweep) => sweep.affine) || specs.some(({ method }) => method.keepsNorms)) return { graph: forward, values: new Map() };
  const needed = asked.filter((_, i) => !specs[i]?.method.emitBeforeAffine);
  return foldBatchNorm(forward, new Set(needed));
}

/** Values that are a Concat over channels or a sum of values of the same shape, with these: where nothing else reads them. */
function sums(graph: Graph): Map<string, readonly string[]> {
  const readers = consumers(graph);
  const outputs = new Set(graph.outputs);
  const own = (part: string) => readers.get(part)?.length === 1 && !graph.constants.has(part) && !outputs.has(part);
  const whole = (node: Node) =>
    (node.op === 'Concat' && node.attrs.axis === 1) ||
    (node.op === 'Add' && node.inputs.every((i) => sameShape(typeOf(graph, i).shape, typeOf(graph, node.outputs[0] as string).shape)));
  const nodes = graph.nodes.filter((node) => whole(node) && new Set(node.inputs).size === node.inputs.length && node.inputs.every(own));
  return new Map(nodes.map((node) => [node.outputs[0] as string, node.inputs]));
}

/** The forward pass alone, to the logits or to another value. */
export function planForward(model: Model, value = model.logits): Graph {
  return check(prune(model.graph, [value]), infer);
}
