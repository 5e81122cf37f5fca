import { conservation, type Measured } from '../explain/conservation.ts';
import { inputLayer, layerAt } from '../explain/layers.ts';
import { type MapSpec, planMaps } from '../explain/plan.ts';
import type { Sweep } from '../explain/sweep.ts';
import { type Target, targetKey, targetWeights } from '../explain/target.ts';
import type { Tensor } from '../graph/graph.ts';
import type { Model } from '../importers/model.ts';
import { ModelError } from '../shared/errors.ts';
import type { Check } from '../shared/protocol.ts';
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
  checks: readonly Check[];
  ms: number;
}

/** The maps of a model that are computed together with the ones asked for: these at least. */
export type MapPlanner = (open: OpenModel, asked: readonly MapSpec[]) => readonly MapSpec[];

/**
 * Maps of graph methods, from one program for all that are asked for together. A single request computes the method at
 * every layer, from the same forward pass and sweep: the slider then only looks up.
 */
export class GraphMaps {
  readonly #services: Services;
  readonly #planner: MapPlanner;
  readonly #results: ByteCache<RawMap>;
  readonly #jobs = new SharedJobs();

  constructor(services: Services, cacheBytes: number, planner: MapPlanner) {
    this.#services = services;
    this.#planner = planner;
    this.#results = new ByteCache(cacheBytes);
  }

  resize(cacheBytes: number): void {
    this.#results.resize(cacheBytes);
  }

  /**
   * The maps, in the order asked.
   * @throws ModelError 'weights' where a map holds NaN or infinite values, 'method' where the network has no gradient
   */
  async get(input: Prepared, asked: readonly MapSpec[], target: Target, context: JobContext): Promise<RawMap[]> {
    const prefix = `${input.key}|${targetKey(target)}|`;
    const known = () => asked.map((spec) => this.#results.get(prefix + specKey(spec)));
    let maps: ReadonlyMap<string, RawMap> = new Map();
    if (known().includes(undefined)) {
      const specs = this.#planner(input.open, asked);
      const program = specs.map(specKey).join();
      maps = await this.#jobs
        .run(prefix + program, { signal: context.signal, progress: () => {} }, ({ signal }) =>
          this.#services.queue.run(context.priority, signal, () => this.#run(input, target, specs, prefix)),
        )
        .catch((error: unknown) => {
          const labels = asked.map((spec) => spec.method.info.label);
          throw notComputable(error, input.open.model, labels);
        });
    }
    return asked.map((spec) => {
      const map = maps.get(specKey(spec)) ?? this.#results.get(prefix + specKey(spec));
      if (!map) throw new ModelError('internal', `No map for ${spec.method.info.id} at '${spec.layer}'.`);
      return finite(map, spec, input);
    });
  }

  async #run({ open, fed, bounds }: Prepared, target: Target, specs: readonly MapSpec[], prefix: string) {
    const { model } = open;
    const programKey = { model: model.hash, graph: `maps:${specs.map(specKey).join()}` };
    const maps = await this.#services.programs.use(
      programKey,
      () => planMaps(model, specs),
      async (program, plan) => {
        const start = performance.now();
        const outputs = await program.run({
          [model.input.value]: { dtype: 'float32', shape: fed.shape, data: fed.tensor },
          [plan.classInput]: targetWeights(target, model.classes),
          ...(plan.bounds && { [plan.bounds.low]: bounds.low, [plan.bounds.high]: bounds.high }),
        });
        const ms = performance.now() - start;
        const number = (value: string) => Number((outputs[value] as Tensor).data[0]);
        const sums = plan.sums.map(({ sweep, layer, value, magnitude }) => ({
          sweep,
          layer,
          total: number(value),
          magnitude: number(magnitude),
        }));
        return new Map(
          specs.map((spec, i) => {
            const { data } = outputs[plan.maps[i] as string] as Tensor;
            const [height, width] = sizeOf(open, spec);
            const checks = checksOf(spec, model, sums);
            return [specKey(spec), { values: new Float32Array(data as Float32Array), height, width, checks, ms }];
          }),
        );
      },
    );
    // Kept even when the caller is gone by now: it is done.
    for (const [key, map] of maps) this.#results.set(prefix + key, map, map.values.byteLength);
    return maps;
  }
}

/** Each method asked for at every layer where it can be drawn. */
export function atEveryLayer({ spatial }: Pick<OpenModel, 'spatial'>, asked: readonly MapSpec[]): MapSpec[] {
  const specs = asked.flatMap((spec) =>
    spec.layer === inputLayer || spec.method.onlyLayer ? [spec] : spatial.map((layer): MapSpec => ({ ...spec, layer: layer.name })),
  );
  return distinct(specs);
}

/** Specs whose numbers differ. */
export function distinct(specs: readonly MapSpec[]): MapSpec[] {
  return [...new Map(specs.map((spec) => [specKey(spec), { ...spec, variant: spec.method.computes(spec.variant) }])).values()];
}

/** The map itself. Throws ModelError('weights') where it holds NaN or infinite values. */
export function finite<M extends Pick<RawMap, 'values'>>(map: M, { method, layer }: MapSpec, { info }: Pick<Prepared, 'info'>): M {
  if (map.values.every((v) => Number.isFinite(v))) return map;
  throw new ModelError('weights', `${method.info.label} at '${layer}' has NaN or infinite values for this input.`, {
    file: info.path,
    where: layer,
    hint: 'Check the preprocessing (value range) and whether training diverged.',
  });
}

/** Conservation of the sweeps a map is made from, and what they have to say of the model. */
function checksOf(spec: MapSpec, model: Model, sums: readonly Measured[]): Check[] {
  const { method, variant, params = {} } = spec;
  const sweeps: Sweep[] = [...method.sweeps(variant, params), ...(method.inputSweeps?.(variant, params) ?? [])];
  const several = sweeps.filter((sweep) => sweep.conserved).length > 1;
  const ofSweeps = sweeps.flatMap((sweep) => {
    const own = sums.filter((sum) => sum.sweep === sweep.id);
    const check = conservation(own, several ? sweep.label : undefined);
    return [...(check ? [check] : []), ...(sweep.remarks?.(model) ?? [])];
  });
  return [...(method.remarks?.(model) ?? []), ...ofSweeps];
}

/** Graphs speak of values, people of layers: says which method fails at which layer. */
export function notComputable(error: unknown, model: Model, methods: readonly string[]): unknown {
  if (!(error instanceof ModelError) || error.where === undefined || !['method', 'unsupported'].includes(error.code)) return error;
  const { where, message } = error;
  const layer = layerAt(model, where)?.name;
  const place = layer === undefined || layer === where ? `'${where}'` : `'${where}' (layer '${layer}')`;
  const hint = error.hint ?? 'Use a method that works without gradients, such as occlusion.';
  const cause = error.cause ?? error;
  const method = [...new Set(methods)].join(', ');
  return new ModelError('method', `${method} cannot be computed: ${message.replace(`'${where}'`, () => place)}`, {
    where: layer ?? where,
    hint,
    cause,
  });
}

/** [H,W] of a map. */
export function sizeOf({ model, spatial }: OpenModel, { method, layer }: MapSpec): [number, number] {
  if (layer === inputLayer || method.drawnAtInput) return [model.input.height, model.input.width];
  const shape = spatial.find((l) => l.name === layer)?.shape;
  return [Number(shape?.[2]), Number(shape?.[3])];
}

/** Specs of one key are the same numbers. */
export function specKey({ method, variant, layer, params = {} }: MapSpec): string {
  const chosen = Object.entries(params).map(([id, value]) => `,${id}=${value}`);
  return `${method.info.id}:${method.computes(variant)}${chosen.join('')}@${layer}`;
}
