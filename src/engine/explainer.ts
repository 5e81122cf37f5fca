import { inputLayer } from '../explain/layers.ts';
import { mapRange } from '../explain/map.ts';
import type { GraphMethod, Method } from '../explain/method.ts';
import { findMethod } from '../explain/methods/index.ts';
import { ModelError, throwIfAborted } from '../shared/errors.ts';
import type { ExplanationMap, MapProgress, MapRequest } from '../shared/protocol.ts';
import { ByteCache } from './byteCache.ts';
import type { Services } from './engine.ts';
import { GraphMaps, type RawMap } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import { perturb } from './perturb.ts';
import { className, forward } from './predict.ts';

export interface JobContext {
  priority: number;
  signal: AbortSignal | undefined;
  progress(value: MapProgress): void;
}

/** A request with every default filled in. */
export interface Resolved {
  method: Method;
  variant: string;
  layer: string;
  class: number;
  params: Readonly<Record<string, number | string>>;
}

/** Turns requests into maps, and keeps the maps. */
export class Explainer {
  readonly #services: Services;
  readonly #maps: ByteCache<ExplanationMap>;
  readonly #graphMaps: GraphMaps;

  constructor(services: Services, cacheBytes: number) {
    this.#services = services;
    this.#maps = new ByteCache<ExplanationMap>(cacheBytes);
    this.#graphMaps = new GraphMaps(services, cacheBytes);
  }

  async explain(input: Prepared, request: MapRequest, context: JobContext): Promise<ExplanationMap> {
    const resolved = await this.#resolve(input, request, context);
    const key = [
      input.key,
      resolved.method.info.id,
      resolved.variant,
      resolved.layer,
      resolved.class,
      JSON.stringify(resolved.params),
    ].join('|');
    const known = this.#maps.get(key);
    if (known) return known;
    const map = await this.#compute(input, resolved, context);
    throwIfAborted(context.signal);
    this.#maps.set(key, map, map.values.byteLength);
    return map;
  }

  async #compute(input: Prepared, resolved: Resolved, context: JobContext): Promise<ExplanationMap> {
    const { method } = resolved;
    const describe = (raw: RawMap) => describeMap(input, resolved, raw);
    if (method.family === 'graph') return describe(await this.#graphMaps.get(input, method, resolved, context.priority));
    const progress = (done: number, secondsLeft: number | undefined, raw: RawMap) =>
      context.progress({ done, ...(secondsLeft !== undefined && { secondsLeft }), partial: describe(raw) });
    return describe(await perturb(this.#services, input, method, resolved, { ...context, progress }));
  }

  async #resolve(input: Prepared, request: MapRequest, { priority, signal }: JobContext): Promise<Resolved> {
    const { method, variant } = findMethod(request.method, request.variant);
    const classIndex = request.class ?? (await this.#predicted(input, priority, signal));
    if (!Number.isInteger(classIndex) || classIndex < 0 || classIndex >= input.open.model.classes) {
      throw new ModelError(
        'method',
        `${input.info.name} has no class ${classIndex}; its classes are 0 to ${input.open.model.classes - 1}.`,
        {
          file: input.info.path,
        },
      );
    }
    const layer = method.info.at === 'input' ? inputLayer : spatialName(input, method as GraphMethod, request.layer);
    return { method, variant, layer, class: classIndex, params: parameters(method, input, request.params ?? {}) };
  }

  async #predicted(input: Prepared, priority: number, signal: AbortSignal | undefined): Promise<number> {
    const logits = await forward(this.#services, input.open, input.fed.tensor, 1, priority, signal);
    return logits.indexOf(Math.max(...logits));
  }
}

/** Canonical name of the layer asked for, which must be spatial; the default layer where none is asked. */
function spatialName({ open, info }: Prepared, { info: { label } }: GraphMethod, asked: string | undefined): string {
  if (asked === undefined && open.defaultLayer !== undefined) return open.defaultLayer;
  const found = open.layers.find((l) => l.name === asked) ?? open.layers.find((l) => asked !== undefined && l.aliases.includes(asked));
  if (!found) {
    const none = asked === undefined;
    throw new ModelError(
      'method',
      none ? `${label} needs a layer with height and width; ${info.name} has none.` : `${info.name} has no layer '${asked}'.`,
      {
        file: info.path,
        hint: none ? 'Use saliency or occlusion, which work on the input.' : 'List the layers with: glassbox layers MODEL',
      },
    );
  }
  if (!found.spatial) {
    throw new ModelError(
      'method',
      `${label} needs a layer with height and width on the way to the logits; '${found.name}' (${found.kind}) gives [${found.shape}].`,
      {
        file: info.path,
        where: found.name,
        hint: `Choose a spatial layer, for example '${open.defaultLayer}'.`,
      },
    );
  }
  return found.name;
}

/** The method's parameters with defaults, each checked against its range. */
function parameters(method: Method, { info }: Prepared, given: Readonly<Record<string, number | string>>): Record<string, number | string> {
  const sized = method.family === 'perturbation' ? method.defaults(info.input.height, info.input.width) : {};
  const known = new Set(method.info.params.map((p) => p.id));
  const stranger = Object.keys(given).find((id) => !known.has(id));
  if (stranger !== undefined) {
    throw new ModelError('method', `${method.info.label} has no parameter '${stranger}'.`, {
      hint: `Parameters: ${[...known].join(', ') || 'none'}.`,
    });
  }
  return Object.fromEntries(
    method.info.params.map((p) => {
      const value = given[p.id] ?? sized[p.id] ?? p.default;
      const low = typeof value === 'number' && p.min !== undefined && value < p.min;
      const high = typeof value === 'number' && p.max !== undefined && value > p.max;
      if (low || high || (typeof p.default === 'number' && !Number.isFinite(value))) {
        throw new ModelError('method', `${method.info.label}: ${p.label.toLowerCase()} cannot be ${value}.`, { hint: p.about });
      }
      return [p.id, value];
    }),
  );
}

function describeMap(input: Prepared, { method, variant, layer, class: index, params }: Resolved, raw: RawMap): ExplanationMap {
  const kind = method.kind(variant);
  const range = mapRange(raw.values, kind);
  return {
    method: method.info.id,
    variant,
    layer,
    class: { index, label: className(input.info, index) },
    height: raw.height,
    width: raw.width,
    values: raw.values,
    ...range,
    ...kind,
    params,
    engine: input.info.engine,
    ms: raw.ms,
  };
}
