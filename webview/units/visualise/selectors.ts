import { canLead, className, scoresClasses } from '../../../src/shared/classScores.ts';
import type { ParamInfo } from '../../../src/shared/protocol.ts';
import type { Objective, RgbPixels, VisualiseRequest, VisualiserInfo } from '../../../src/shared/unitsProtocol.ts';
import { currentLayer } from '../selectors.ts';
import type { ModelUnits, UnitsState } from '../state.ts';
import { keyOf } from './climbs.ts';
import type { Climb } from './state.ts';

export function currentVisualiser({ visualisers, choices }: UnitsState): VisualiserInfo | undefined {
  return visualisers.find(({ id }) => id === choices.visualise.method) ?? visualisers[0];
}

/** The parameter that tells one climb from another of the same kind. */
export function seedOf(visualiser: VisualiserInfo): ParamInfo | undefined {
  return visualiser.params.find(({ id }) => id === 'seed');
}

/** What the choices say is to be climbed; undefined: this layer has no units. */
export function currentObjective(state: UnitsState): Objective | undefined {
  const { units, choices } = state;
  const { of, class: chosen = 0, over, unit = 0, cells } = choices.visualise;
  if (!units) return undefined;
  if (of === 'class') {
    const lead = over === 'lead' && canLead(units.model) ? ({ over } as const) : {};
    return { kind: 'class', class: Math.min(chosen, units.model.classes - 1), ...lead };
  }
  const layer = currentLayer(state);
  return layer && { kind: 'unit', layer: layer.name, unit: Math.min(unit, layer.units - 1), cells };
}

/** To climb this by the chosen method. */
export function requestFor(state: UnitsState, objective: Objective | undefined): VisualiseRequest | undefined {
  const method = currentVisualiser(state);
  if (!method || !objective) return undefined;
  const params = state.choices.visualise.params[method.id] ?? {};
  return { objective, method: method.id, ...(Object.keys(params).length > 0 && { params }) };
}

/** `star`, `conv2d_3 unit 17`. */
export function nameOf({ model }: ModelUnits, objective: Objective): string {
  return objective.kind === 'class' ? className(model, objective.class) : `${objective.layer} unit ${objective.unit}`;
}

/** What the objective is called: outputs that score no classes are no logits. */
export function scalarOf({ model }: ModelUnits, objective: Objective): string {
  if (objective.kind === 'unit') return objective.cells === 'mean' ? 'mean over cells' : 'centre cell';
  if (objective.over === 'lead') return 'lead';
  return scoresClasses(model) ? 'logit' : 'output';
}

export function runningClimb({ visualise }: UnitsState): Climb | undefined {
  return visualise.climbs.find(({ state }) => state === 'running');
}

/** The climb on the stage. */
export function shownClimb({ visualise }: UnitsState): Climb | undefined {
  return visualise.climbs.find(({ id }) => id === visualise.shown) ?? visualise.climbs.at(-1);
}

export function climbOf({ visualise }: UnitsState, request: VisualiseRequest): Climb | undefined {
  const key = keyOf(request);
  return visualise.climbs.findLast((climb) => keyOf(climb.request) === key);
}

/** Newest first of those with something to see: a unit's own page shows it. */
export function climbTowards({ visualise }: UnitsState, { layer, unit }: Objective & { kind: 'unit' }): Climb | undefined {
  return visualise.climbs.findLast(({ request: { objective } }) => {
    return objective.kind === 'unit' && objective.layer === layer && objective.unit === unit;
  });
}

/** One of a climb's pictures. */
export interface Shot {
  pixels: RgbPixels;
  alpha: Uint8Array | undefined;
  step: number;
  value: number;
}

/** The frames and behind them, where it is there, the picture that came out. */
export function shotCount({ frames, result }: Climb): number {
  return frames.length + (result ? 1 : 0);
}

/** `at` among them; undefined: the last. */
export function shotOf(climb: Climb, at: number | undefined): Shot | undefined {
  const last = shotCount(climb) - 1;
  const index = Math.min(at ?? last, last);
  const frame = climb.frames[index];
  if (frame) return { ...frame, alpha: undefined };
  const { result } = climb;
  return result && { pixels: result.pixels, alpha: result.alpha, step: result.values.length, value: result.value };
}
