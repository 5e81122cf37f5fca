import { check } from '../graph/check.ts';
import type { Graph } from '../graph/graph.ts';
import { typeOf } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { infer, newBuilder } from '../ops/index.ts';
import { differentiate } from '../transform/differentiate.ts';
import { prune } from '../transform/prune.ts';
import { findLayer, inputLayer } from './layers.ts';
import type { GraphMethod } from './method.ts';

/** One map asked of a plan. `layer` is a layer's name, or `input`. */
export interface MapSpec {
  method: GraphMethod;
  variant: string;
  layer: string;
}

/** An explanation graph: image and one-hot class in, logits and all maps out. */
export interface Plan {
  graph: Graph;
  /** The one-hot class [N,classes], an input: one plan serves every class. */
  classInput: string;
  logits: string;
  /** Value of each map, in the order asked. */
  maps: readonly string[];
}

/**
 * One graph for any number of maps: the forward pass and one backward sweep are shared by all methods and layers; nodes
 * nobody asked for are not in it. Logits are always an output.
 */
export function planMaps(model: Model, specs: readonly MapSpec[]): Plan {
  const b = newBuilder(prune(model.graph, [model.logits]));
  const classInput = b.input(b.unique('class'), { dtype: 'float32', shape: ['N', model.classes] });
  const values = specs.map((spec) => (spec.layer === inputLayer ? model.input.value : findLayer(model, spec.layer).value));
  const gradients = differentiate(b, model.logits, classInput, [...new Set(values)]);
  const emitted = new Map<string, string>();
  const maps = specs.map(({ method, variant }, i) => {
    const activation = values[i] as string;
    const gradient = gradients.get(activation) ?? b.op('Mul', [activation, b.scalar(0)], {});
    const key = `${method.info.id}:${method.computes(variant)}@${activation}`;
    const known = emitted.get(key);
    if (known !== undefined) return known;
    const value = method.emit(b, { activation, gradient, shape: typeOf(model.graph, activation).shape }, variant);
    emitted.set(key, value);
    return value;
  });
  const graph = prune(b.build([model.logits, ...new Set(maps)]), [model.logits, ...new Set(maps)]);
  return { graph: check(graph, infer), classInput, logits: model.logits, maps };
}

/** The forward pass alone. */
export function planForward(model: Model): Graph {
  return check(prune(model.graph, [model.logits]), infer);
}
