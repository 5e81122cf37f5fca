import { inputLayer } from '../explain/layers.ts';
import type { GraphMethod } from '../explain/method.ts';
import { methods } from '../explain/methods/index.ts';
import { type MapSpec, type Plan, planMaps } from '../explain/plan.ts';
import type { Tensor } from '../graph/graph.ts';
import { ModelError } from '../shared/errors.ts';
import { ByteCache } from './byteCache.ts';
import type { Services } from './engine.ts';
import type { Resolved } from './explainer.ts';
import type { Prepared } from './inputs.ts';
import type { OpenModel } from './models.ts';

/** A map as it leaves the executor. */
export interface RawMap {
  values: Float32Array;
  height: number;
  width: number;
  ms: number;
}

/**
 * Maps of graph methods. The first request for a class computes all of them, every method at every spatial layer, from one
 * forward and one backward sweep: the slider then only looks up.
 */
export class GraphMaps {
  readonly #services: Services;
  readonly #plans = new WeakMap<OpenModel, { specs: MapSpec[]; plan: Plan }>();
  readonly #results: ByteCache<Map<string, RawMap>>;
  readonly #running = new Map<string, Promise<Map<string, RawMap>>>();

  constructor(services: Services, cacheBytes: number) {
    this.#services = services;
    this.#results = new ByteCache(cacheBytes);
  }

  async get(input: Prepared, method: GraphMethod, { variant, layer, class: index }: Resolved, priority: number): Promise<RawMap> {
    const maps = await this.#all(input, index, priority);
    const map = maps.get(specKey({ method, variant, layer }));
    if (!map) throw new ModelError('internal', `No map for ${method.info.id} at '${layer}'.`);
    return map;
  }

  /** Every map of one class. Not tied to one caller's signal: it is short, and others may wait for it. */
  async #all(input: Prepared, index: number, priority: number): Promise<Map<string, RawMap>> {
    const key = `${input.key}|${index}`;
    const known = this.#results.get(key);
    if (known) return known;
    let running = this.#running.get(key);
    if (!running) {
      running = this.#services.queue
        .run(priority, undefined, () => this.#run(input, index))
        .then((maps) => {
          this.#results.set(
            key,
            maps,
            [...maps.values()].reduce((n, m) => n + m.values.byteLength, 0),
          );
          return maps;
        })
        .finally(() => this.#running.delete(key));
      this.#running.set(key, running);
    }
    return await running;
  }

  async #run(input: Prepared, index: number): Promise<Map<string, RawMap>> {
    const { open, fed } = input;
    const { model } = open;
    const { specs, plan } = this.#plan(open);
    const program = await this.#services.programs.get(`${model.hash}:maps`, () => plan.graph);
    const start = performance.now();
    const outputs = await program.run({
      [model.input.value]: { dtype: 'float32', shape: fed.shape, data: fed.tensor },
      [plan.classInput]: oneHot(index, model.classes),
    });
    const ms = performance.now() - start;
    return new Map(
      specs.map((spec, i) => {
        const { data } = outputs[plan.maps[i] as string] as Tensor;
        const [height, width] = sizeOf(open, spec.layer);
        return [specKey(spec), { values: new Float32Array(data as Float32Array), height, width, ms }];
      }),
    );
  }

  #plan(open: OpenModel): { specs: MapSpec[]; plan: Plan } {
    let known = this.#plans.get(open);
    if (!known) {
      const specs = everyMap(open);
      known = { specs, plan: planMaps(open.model, specs) };
      this.#plans.set(open, known);
    }
    return known;
  }
}

/** Every graph method at every spatial layer, or on the input; variants that are the same numbers once. */
export function everyMap({ spatial }: Pick<OpenModel, 'spatial'>): MapSpec[] {
  const names = spatial.map((layer) => layer.name);
  return methods
    .filter((m): m is GraphMethod => m.family === 'graph')
    .flatMap((method) => {
      const variants = [...new Set(method.info.variants.map((v) => method.computes(v.id)))];
      const layers = method.info.at === 'layer' ? names : [inputLayer];
      return layers.flatMap((layer) => variants.map((variant) => ({ method, variant, layer })));
    });
}

function sizeOf({ model, spatial }: OpenModel, layer: string): [number, number] {
  if (layer === inputLayer) return [model.input.height, model.input.width];
  const shape = spatial.find((l) => l.name === layer)?.shape;
  return [Number(shape?.[2]), Number(shape?.[3])];
}

function specKey({ method, variant, layer }: MapSpec): string {
  return `${method.info.id}:${method.computes(variant)}@${layer}`;
}

function oneHot(index: number, classes: number): Tensor {
  const data = new Float32Array(classes);
  data[index] = 1;
  return { dtype: 'float32', shape: [1, classes], data };
}
