import { className, scoresClasses } from '../../src/shared/classScores.ts';
import type { ErrorRecord } from '../../src/shared/errors.ts';
import type {
  ExplanationMap,
  LayerInfo,
  MapRequest,
  MethodFamily,
  MethodInfo,
  Prediction,
  RankedClass,
} from '../../src/shared/protocol.ts';
import type { Job, PageState } from './state.ts';
import { currentAgainst, currentRegion } from './targets.ts';

/** What most people expect first; the list starts with a method that few networks allow. */
export const usualMethod = 'grad-cam';

export function currentMethod({ methods, choices, prediction }: PageState): MethodInfo | undefined {
  const chosen = methods.find((m) => m.id === choices.method);
  if (chosen) return chosen;
  const ready = methods.filter((m) => !m.slow && !prediction?.model.refusals[m.id]);
  return ready.find((m) => m.id === usualMethod) ?? ready[0] ?? methods[0];
}

/** Family of methods on show: the chosen method's unless the person looks at another. */
export function currentFamily(state: PageState): MethodFamily | undefined {
  return state.family ?? currentMethod(state)?.family;
}

/** Why a method cannot explain this model. */
export function refusalOf({ prediction }: PageState, { id }: MethodInfo): ErrorRecord | undefined {
  return prediction?.model.refusals[id];
}

/** Layers a map can be drawn at, in order of depth. */
export function spatialLayers(prediction: Prediction): LayerInfo[] {
  return prediction.model.layers.filter((layer) => layer.spatial);
}

/** The chosen layer where this model has it, else the model's own. */
export function currentLayer(state: PageState): string | undefined {
  const { prediction, choices } = state;
  if (!prediction) return undefined;
  const found = spatialLayers(prediction).find(({ name, aliases }) => name === choices.layer || aliases.includes(choices.layer ?? ''));
  return found?.name ?? prediction.model.defaultLayer;
}

export function currentClass(state: PageState): number | undefined {
  const { prediction, choices } = state;
  if (!prediction) return undefined;
  return choices.class !== undefined && choices.class < prediction.model.classes ? choices.class : prediction.top[0]?.index;
}

export function variantOf(state: PageState, method: MethodInfo): string | undefined {
  const chosen = state.choices.variants?.[method.id];
  return method.variants.some((v) => v.id === chosen) ? chosen : method.variants[0]?.id;
}

/** What to ask of a method under the present choices; undefined before the prediction and where the method is refused. */
export function requestFor(state: PageState, method: MethodInfo): MapRequest | undefined {
  const classIndex = currentClass(state);
  if (classIndex === undefined || refusalOf(state, method)) return undefined;
  const request: MapRequest = { method: method.id };
  const variant = variantOf(state, method);
  const layer = method.at === 'layer' ? currentLayer(state) : undefined;
  const params = state.choices.params?.[method.id];
  const against = method.targets === 'any' ? currentAgainst(state, classIndex) : undefined;
  const region = currentRegion(state);
  // The same map for every class is asked for once.
  if (method.targets !== 'none') request.class = classIndex;
  if (against !== undefined) request.against = against;
  if (region && method.targets !== 'none') request.region = region;
  if (variant !== undefined) request.variant = variant;
  if (layer !== undefined) request.layer = layer;
  if (params && Object.keys(params).length > 0) request.params = params;
  return request;
}

export function keyOf(request: MapRequest): string {
  const params = Object.entries(request.params ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const { method, variant, layer, against, region } = request;
  const cells = region && [region.x, region.y, region.width, region.height];
  return JSON.stringify([method, variant, layer, request.class, against, cells, params]);
}

export function jobOf(state: PageState, method: MethodInfo): Job | undefined {
  const request = requestFor(state, method);
  return request && state.jobs.get(keyOf(request));
}

export interface Shown {
  map: ExplanationMap | undefined;
  job: Job | undefined;
  /** The map is of earlier choices; the one asked for is on its way. */
  stale: boolean;
  /** Why there will be none. */
  refusal: ErrorRecord | undefined;
}

/** What the stage shows. */
export function shown(state: PageState): Shown {
  const method = currentMethod(state);
  const job = method && jobOf(state, method);
  const refusal = method && refusalOf(state, method);
  if (job?.map || !method || refusal) return { map: job?.map, job, stale: false, refusal };
  const waiting = job === undefined || job.state === 'running';
  const map = waiting ? state.previous[method.id] : undefined;
  return { map, job, stale: map !== undefined, refusal };
}

export function runningJobs(state: PageState): Job[] {
  return [...state.jobs.values()].filter((job) => job.state === 'running');
}

/** A question is on show. Trials take their time: where there is something else to show, they are waited for in view. */
export function isAsking({ asked, trials, prediction }: PageState): boolean {
  return asked !== undefined && (asked.kind !== 'preprocessing' || trials !== undefined || prediction !== undefined);
}

/** For tests and styles: what the page is doing as a whole. */
export function phase(state: PageState): 'loading' | 'ready' | 'busy' | 'error' | 'empty' {
  if (state.failure && !isAsking(state)) return 'error';
  if (!state.subject) return 'loading';
  if (state.subject.modelPath === undefined) return 'empty';
  if (state.failure) return 'ready';
  if (!state.prediction) return 'loading';
  return runningJobs(state).length > 0 || isResting(state) ? 'busy' : 'ready';
}

/** The map on screen is not asked for yet: the choice is still moving. */
function isResting(state: PageState): boolean {
  const method = currentMethod(state);
  return method !== undefined && requestFor(state, method) !== undefined && jobOf(state, method) === undefined;
}

/** Nothing can be drawn over the picture yet: no model, or its preprocessing is being asked for. */
export function isBare(state: PageState): boolean {
  return phase(state) === 'empty' || (isAsking(state) && !state.prediction);
}

/** Class `index` with its numbers, also where it is none of the best. */
export function classOf(prediction: Prediction, index: number): RankedClass {
  const known = prediction.top.find((c) => c.index === index) ?? (prediction.truth?.index === index ? prediction.truth : undefined);
  if (known) return known;
  const logit = prediction.logits[index] ?? Number.NaN;
  return { index, label: labelOf(prediction, index), logit, probability: probability(prediction, logit) };
}

export function labelOf(prediction: Prediction, index: number): string {
  return className(prediction.model, index);
}

function probability({ logits, model }: Prediction, logit: number): number | undefined {
  if (!scoresClasses(model)) return undefined;
  if (model.activation === 'sigmoid') return 1 / (1 + Math.exp(-logit));
  const max = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  return Math.exp(logit - max) / logits.reduce((sum, v) => sum + Math.exp(v - max), 0);
}

/** Place of a class among all, 1 = best. */
export function rankOf(prediction: Prediction, index: number): number {
  const logit = prediction.logits[index] ?? Number.NaN;
  return 1 + prediction.logits.reduce((better, v) => better + (v > logit ? 1 : 0), 0);
}
