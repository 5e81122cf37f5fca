import { mapRange } from '../explain/map.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import type { ExplanationMap, MapProgress, MapRequest } from '../shared/protocol.ts';
import { SharedJobs } from '../shared/sharedJobs.ts';
import { ByteCache } from './byteCache.ts';
import { everyMap, GraphMaps, type MapPlanner, type RawMap } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { perturb } from './perturb.ts';
import { className, logitsOf } from './predict.ts';
import { checkClass, type MapTask, resolveRequest } from './resolve.ts';
import type { Services } from './services.ts';

interface Context extends JobContext {
  progress(value: MapProgress): void;
}

/** Turns requests into maps, and keeps the maps. */
export class Explainer {
  readonly #services: Services;
  readonly #maps: ByteCache<ExplanationMap>;
  readonly #graphMaps: GraphMaps;
  readonly #jobs = new SharedJobs();

  /** `plan`: the maps of graph methods that are computed together, at least those that will be asked for. */
  constructor(services: Services, cacheBytes: number, plan: MapPlanner = everyMap) {
    this.#services = services;
    this.#maps = new ByteCache<ExplanationMap>(cacheBytes / 2);
    this.#graphMaps = new GraphMaps(services, cacheBytes / 2, plan);
  }

  resize(cacheBytes: number): void {
    this.#maps.resize(cacheBytes / 2);
    this.#graphMaps.resize(cacheBytes / 2);
  }

  /** Throws ModelError naming the model's file. */
  async explain(input: Prepared, request: MapRequest, context: Context): Promise<ExplanationMap> {
    try {
      return await this.#explain(input, request, context);
    } catch (error) {
      throw error instanceof ModelError ? error.with({ file: input.info.path }) : error;
    }
  }

  async #explain(input: Prepared, request: MapRequest, context: Context): Promise<ExplanationMap> {
    const resolved = resolveRequest(input.open, request);
    const task = { ...resolved, class: await this.#class(input, request, context) };
    const key = [input.key, task.method.info.id, task.variant, task.layer, task.class, JSON.stringify(task.params)].join('|');
    const known = this.#maps.get(key);
    // Labels may have come or changed since.
    if (known) return { ...known, class: { index: task.class, label: className(input.info, task.class) } };
    return await this.#jobs.run(key, context, async ({ signal, progress }) => {
      const map = await this.#compute(input, task, { priority: context.priority, signal, progress });
      throwIfAborted(signal);
      this.#maps.set(key, map, map.values.byteLength);
      return map;
    });
  }

  async #compute(input: Prepared, task: MapTask, context: Context): Promise<ExplanationMap> {
    const { method } = task;
    const describe = (raw: RawMap) => describeMap(input, task, raw);
    if (method.family === 'graph') return describe(await this.#graphMaps.get(input, { ...task, method }, context));
    const progress = (done: number, secondsLeft: number | undefined, raw: RawMap) =>
      context.progress({ done, ...(secondsLeft !== undefined && { secondsLeft }), partial: describe(raw) });
    return describe(await perturb(this.#services, input, method, task, { ...context, progress }));
  }

  /** Index of the class asked for; of the predicted one where none is. */
  async #class(input: Prepared, request: MapRequest, { priority, signal }: JobContext): Promise<number> {
    if (request.class !== undefined) return checkClass(input.open, request.class);
    const logits = await logitsOf(this.#services, input, priority, signal);
    return logits.reduce((best, z, i) => (z > (logits[best] as number) ? i : best), 0);
  }
}

function describeMap(input: Prepared, { method, variant, layer, class: index, params }: MapTask, raw: RawMap): ExplanationMap {
  const kind = method.kind(variant);
  return {
    method: method.info.id,
    variant,
    layer,
    class: { index, label: className(input.info, index) },
    height: raw.height,
    width: raw.width,
    values: raw.values,
    ...mapRange(raw.values, kind),
    ...kind,
    params,
    engine: input.info.engine,
    ms: raw.ms,
  };
}
