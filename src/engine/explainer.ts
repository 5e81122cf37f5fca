import { inputLayer } from '../explain/layers.ts';
import { mapRange } from '../explain/map.ts';
import type { GraphMethod } from '../explain/method.ts';
import { checkRegion } from '../explain/region.ts';
import { type Target, targetKey, targetPhrase } from '../explain/target.ts';
import { className, unitOf } from '../shared/classScores.ts';
import { isAbort, ModelError, throwIfAborted, toErrorRecord } from '../shared/errors.ts';
import type { ExplanationMap, MapProgress, MapRequest, Outcome } from '../shared/protocol.ts';
import { SharedJobs } from '../shared/sharedJobs.ts';
import { ByteCache } from './byteCache.ts';
import { atEveryLayer, distinct, GraphMaps, type RawMap } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import type { JobContext } from './jobs.ts';
import { perturb } from './perturb.ts';
import { logitsOf } from './predict.ts';
import { inRegion } from './region.ts';
import { type MapTask, resolveRequest, resolveTarget, scoreOf } from './resolve.ts';
import { sample } from './sample.ts';
import type { Services } from './services.ts';

interface Context extends JobContext {
  progress(value: MapProgress): void;
}

interface ManyContext extends JobContext {
  progress(value: { index: number; outcome: Outcome }): void;
  /** How far a slow one is. */
  slow?(index: number, value: MapProgress): void;
}

/** A task whose maps come from a graph. */
type GraphTask = MapTask & { method: GraphMethod };

/** Turns requests into maps, and keeps the maps. */
export class Explainer {
  readonly #services: Services;
  readonly #maps: ByteCache<ExplanationMap>;
  /** One request: the method at every layer. Several: what is asked, no more. */
  readonly #everyLayer: GraphMaps;
  readonly #together: GraphMaps;
  readonly #jobs = new SharedJobs();

  constructor(services: Services, cacheBytes: number) {
    this.#services = services;
    this.#maps = new ByteCache<ExplanationMap>(cacheBytes / 2);
    this.#everyLayer = new GraphMaps(services, cacheBytes / 4, atEveryLayer);
    this.#together = new GraphMaps(services, cacheBytes / 4, (_, asked) => distinct(asked));
  }

  resize(cacheBytes: number): void {
    this.#maps.resize(cacheBytes / 2);
    this.#everyLayer.resize(cacheBytes / 4);
    this.#together.resize(cacheBytes / 4);
  }

  /** Throws ModelError naming the model's file. */
  async explain(input: Prepared, request: MapRequest, context: Context): Promise<ExplanationMap> {
    try {
      return await this.#one(input, await this.task(input, request, context), context);
    } catch (error) {
      throw error instanceof ModelError ? error.with({ file: input.info.path }) : error;
    }
  }

  /**
   * Several maps: those of graph methods from one run for each target, the others one after the other. A request that
   * fails stops no other; cancelling stops all.
   */
  async explainAll(input: Prepared, requests: readonly MapRequest[], context: ManyContext): Promise<Outcome[]> {
    const outcomes = new Array<Outcome>(requests.length);
    const finish = (index: number, outcome: Outcome) => {
      outcomes[index] = outcome;
      context.progress({ index, outcome });
    };
    const fail = (index: number, error: unknown) => {
      if (isAbort(error)) throw error;
      finish(index, { error: toErrorRecord(error instanceof ModelError ? error.with({ file: input.info.path }) : error) });
    };
    const groups = new Map<string, { index: number; task: GraphTask }[]>();
    const others: { index: number; task: MapTask }[] = [];
    for (const [index, request] of requests.entries()) {
      try {
        const task = await this.task(input, request, context);
        const key = targetKey(task.target);
        if (task.method.family === 'graph') groups.set(key, [...(groups.get(key) ?? []), { index, task: task as GraphTask }]);
        else others.push({ index, task });
      } catch (error) {
        fail(index, error);
      }
    }
    for (const group of groups.values()) await this.#group(input, group, context, { finish, fail });
    for (const { index, task } of others) {
      try {
        const progress = (value: MapProgress) => context.slow?.(index, value);
        finish(index, { map: await this.#one(input, task, { ...context, progress }) });
      } catch (error) {
        fail(index, error);
      }
    }
    return outcomes;
  }

  /** One run; where it cannot be planned because of one method, each method by itself. */
  async #group(
    input: Prepared,
    group: readonly { index: number; task: GraphTask }[],
    context: JobContext,
    done: { finish(index: number, outcome: Outcome): void; fail(index: number, error: unknown): void },
  ): Promise<void> {
    try {
      const target = (group[0] as { task: GraphTask }).task.target;
      const specs = group.map(({ task }) => task);
      const aimed = inRegion(input, target.region);
      const maps = await this.#graphMaps(aimed, specs, target, context);
      group.forEach(({ index, task }, i) => {
        done.finish(index, { map: describeMap(input, task, maps[i] as RawMap) });
      });
    } catch (error) {
      const methods = new Set(group.map(({ task }) => `${task.method.info.id}:${task.variant}`));
      if (isAbort(error) || methods.size === 1) {
        for (const { index } of group) done.fail(index, error);
        return;
      }
      for (const id of methods) {
        const own = group.filter(({ task }) => `${task.method.info.id}:${task.variant}` === id);
        await this.#group(input, own, context, done);
      }
    }
  }

  /** One run; where the next layer is likely to be asked for next, with the maps that sweeps give at every other layer. */
  async #graphMaps(input: Prepared, specs: readonly GraphTask[], target: Target, context: JobContext): Promise<RawMap[]> {
    const along = specs.filter((spec) => sweptAlong(spec));
    if (!atOneLayer(input, along)) return await this.#together.get(input, specs, target, context);
    const rest = specs.filter((spec) => !sweptAlong(spec));
    const [many, few] = [await this.#everyLayer.get(input, along, target, context), await this.#together.get(input, rest, target, context)];
    return specs.map((spec) => (sweptAlong(spec) ? many[along.indexOf(spec)] : few[rest.indexOf(spec)]) as RawMap);
  }

  /** A request with every default filled in; the class is the predicted one where none is asked. */
  async task(input: Prepared, request: MapRequest, context: JobContext): Promise<MapTask> {
    const region = checkRegion(input.open.model, request.region, input.open.name);
    const aimed = inRegion(input, region);
    const resolved = resolveRequest(aimed.open, request);
    const target = resolveTarget(aimed, resolved, request, await this.#class(aimed, request, context));
    return { ...resolved, target: { ...target, ...(region && { region }) } };
  }

  async #one(whole: Prepared, task: MapTask, context: Context): Promise<ExplanationMap> {
    const input = inRegion(whole, task.target.region);
    const key = [input.key, task.method.info.id, task.variant, task.layer, targetKey(task.target), JSON.stringify(task.params)].join('|');
    const known = this.#maps.get(key);
    // Labels may have come or changed since.
    if (known) return { ...known, ...describeTarget(input, task) };
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
    if (method.family === 'graph') {
      const [raw] = await this.#everyLayer.get(input, [{ ...task, method }], task.target, context);
      return describe(raw as RawMap);
    }
    const progress = (done: number, secondsLeft: number | undefined, raw: RawMap | undefined) =>
      context.progress({ done, ...(secondsLeft !== undefined && { secondsLeft }), ...(raw && { partial: describe(raw) }) });
    const streamed = { ...context, progress };
    return describe(
      method.family === 'sampling'
        ? await sample(this.#services, input, method, task, streamed)
        : await perturb(this.#services, input, method, task, streamed),
    );
  }

  /** Index of the class asked for; of the predicted one where none is. */
  async #class(input: Prepared, request: MapRequest, { priority, signal }: JobContext): Promise<number> {
    if (request.class !== undefined) return request.class;
    const logits = await logitsOf(this.#services, input, priority, signal);
    return logits.reduce((best, z, i) => (z > (logits[best] as number) ? i : best), 0);
  }
}

/** Maps that are computed at every layer although they are asked for at one. */
const ahead = 300;

/** Costs little at another layer: its sweep passes there anyway. */
function sweptAlong({ method, variant, params, layer }: GraphTask): boolean {
  return layer !== inputLayer && !method.onlyLayer && method.sweeps(variant, params).length > 0;
}

/** Several methods at one layer: the next layer will be asked for next. Where it is affordable all are computed, and moving on is looking up. */
function atOneLayer({ open }: Prepared, specs: readonly GraphTask[]): boolean {
  return new Set(specs.map(({ layer }) => layer)).size === 1 && specs.length * open.spatial.length <= ahead;
}

function describeMap(input: Prepared, task: MapTask, raw: RawMap): ExplanationMap {
  const { method, variant, layer, params } = task;
  const kind = method.kind(variant);
  return {
    method: method.info.id,
    variant,
    layer: method.info.at === 'input' ? inputLayer : layer,
    ...describeTarget(input, task),
    height: raw.height,
    width: raw.width,
    values: raw.values,
    ...mapRange(raw.values, kind),
    ...kind,
    unit: unitOf(kind.unit, input.info),
    checks: raw.checks,
    params,
    engine: input.info.engine,
    ms: raw.ms,
  };
}

/** The target in words. */
export function describeTarget(
  { info }: Prepared,
  { method, variant, target }: MapTask,
): Pick<ExplanationMap, 'class' | 'against' | 'target'> {
  const named = (index: number) => ({ index, label: className(info, index) });
  const phrase = method.info.targets === 'none' ? 'no class: activations alone' : targetPhrase(target, info, scoreOf(method, variant));
  const against = target.against === undefined ? undefined : named(target.against);
  return { class: named(target.class), against, target: phrase };
}
