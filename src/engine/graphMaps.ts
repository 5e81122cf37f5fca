import { inputLayer, layerAt } from '../explain/layers.ts';
import type { GraphMethod } from '../explain/method.ts';
import { methods } from '../explain/methods/index.ts';
import { type MapSpec, planMaps } from '../explain/plan.ts';
import type { Tensor } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { ModelError } from '../shared/errors.ts';
import { SharedJobs } from '../shared/sharedJobs.ts';
import { ByteCache } from './byteCache.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import type { OpenModel } from './models.ts';
import type { Services } from './services.ts';

/** A map as it leaves the executor. */
export interface RawMap {
  values: Float32Array;
  height: number;
  width: number;
  ms: number;
}

/** The maps of a model that one program computes. */
export type MapPlanner = (open: OpenModel) => readonly MapSpec[];

/**
 * Maps of graph methods. The first request for a class computes all that are planned, by default every method at every
 * spatial layer, from one forward and one backward sweep: the slider then only looks up.
 */
export class GraphMaps {
  readonly #services: Services;
  readonly #planner: MapPlanner;
  readonly #results: ByteCache<ReadonlyMap<string, RawMap>>;
  readonly #jobs = new SharedJobs();

  constructor(services: Services, cacheBytes: number, planner: MapPlanner) {
    this.#services = services;
    this.#planner = planner;
    this.#results = new ByteCache(cacheBytes);
  }

  resize(cacheBytes: number): void {
    this.#results.resize(cacheBytes);
  }

  /** Throws ModelError: 'weights' where the map holds NaN or infinite values, 'method' where the network has no gradient. */
  async get(input: Prepared, task: MapSpec & { class: number }, context: JobContext): Promise<RawMap> {
    const key = `${input.key}|${task.class}`;
    const progress = () => {};
    const maps =
      this.#results.get(key) ??
      (await this.#jobs
        .run(key, { signal: context.signal, progress }, ({ signal }) =>
          this.#services.queue.run(context.priority, signal, () => this.#run(input, task.class, key)),
        )
        .catch((error: unknown) => {
          throw notComputable(error, input.open.model, task.method.info.label);
        }));
    const map = maps.get(specKey(task));
    if (!map) throw new ModelError('internal', `No map for ${task.method.info.id} at '${task.layer}'.`);
    if (map.values.every((v) => Number.isFinite(v))) return map;
    throw new ModelError('weights', `${task.method.info.label} at '${task.layer}' has NaN or infinite values for this input.`, {
      file: input.info.path,
      where: task.layer,
      hint: 'Check the preprocessing (value range) and whether training diverged.',
    });
  }

  async #run({ open, fed }: Prepared, index: number, key: string): Promise<ReadonlyMap<string, RawMap>> {
    const { model } = open;
    const specs = this.#planner(open);
    const programKey = { model: model.hash, graph: `maps:${specs.map(specKey).join()}` };
    const maps = await this.#services.programs.use(
      programKey,
      () => planMaps(model, specs),
      async (program, plan) => {
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
      },
    );
    // Kept even when the caller is gone by now: it is done.
    this.#results.set(
      key,
      maps,
      [...maps.values()].reduce((sum, m) => sum + m.values.byteLength, 0),
    );
    return maps;
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

/** Graphs speak of values, people of layers: says which method fails at which layer. */
function notComputable(error: unknown, model: Model, method: string): unknown {
  if (!(error instanceof ModelError) || error.where === undefined || !['method', 'unsupported'].includes(error.code)) return error;
  const { where, message } = error;
  const layer = layerAt(model, where)?.name;
  const place = layer === undefined || layer === where ? `'${where}'` : `'${where}' (layer '${layer}')`;
  const hint = error.hint ?? 'Use a method that works without gradients, such as occlusion.';
  const cause = error.cause ?? error;
  return new ModelError('method', `${method} cannot be computed: ${message.replace(`'${where}'`, () => place)}`, {
    where: layer ?? where,
    hint,
    cause,
  });
}

function sizeOf({ model, spatial }: OpenModel, layer: string): [number, number] {
  if (layer === inputLayer) return [model.input.height, model.input.width];
  const shape = spatial.find((l) => l.name === layer)?.shape;
  return [Number(shape?.[2]), Number(shape?.[3])];
}

/** Specs of one key are the same numbers. */
export function specKey({ method, variant, layer }: MapSpec): string {
  return `${method.info.id}:${method.computes(variant)}@${layer}`;
}

function oneHot(index: number, classes: number): Tensor {
  const data = new Float32Array(classes);
  data[index] = 1;
  return { dtype: 'float32', shape: [1, classes], data };
}
