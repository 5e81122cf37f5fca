import type { ProbeMapRequest } from '../../src/shared/trainingProtocol.ts';

/** `probe`: one picture closely. `grid`: all probes. `set`: the whole data set. */
export const views = ['probe', 'grid', 'set'] as const;
export type View = (typeof views)[number];

/** `beside`: both maps beside each other. `wipe`: one over the other up to a line. `blink`: one after the other at one place. */
export const arrangements = ['beside', 'wipe', 'blink'] as const;
export type Arrangement = (typeof arrangements)[number];

/** `values`: as the method gives them. `shares`: of the positive evidence of each map, so that growing logits are no difference. */
export const measures = ['values', 'shares'] as const;
export type Measure = (typeof measures)[number];

/** `row`: maps of one picture share their scale. `all`: all pictures do. */
export const sharings = ['row', 'all'] as const;
export type Sharing = (typeof sharings)[number];

/** What the person set; survives hiding and reload. No data. */
export interface Choices {
  view: View;
  arrangement: Arrangement;
  measure: Measure;
  sharing: Sharing;
  /** Path of the probe that is looked at closely; undefined: the first of the list. */
  image?: string;
  /** Class whose maps are compared; undefined: the true one, else what the second predicts. */
  explained?: number;
  /** Maps of this comparison's own; undefined: those of the training view. */
  request?: ProbeMapRequest;
  /** The maps alone, without the picture below. */
  bare: boolean;
  /** Cells as squares. */
  cells: boolean;
  /** Where the line of a wipe stands, 0..1. */
  wipe: number;
}

export const usual: Choices = {
  ...{ view: 'probe', arrangement: 'beside', measure: 'values', sharing: 'row', bare: false, cells: false, wipe: 0.5 },
};

/** Kept state may be of an older version of this page: anything unexpected is left out. */
export function restore(value: unknown): { choices: Choices } {
  const kept = record(record(value)['choices']);
  const one = <T extends string>(name: string, of: readonly T[], or: T) => of.find((each) => each === kept[name]) ?? or;
  const { image, explained, wipe } = kept;
  const request = requestOf(record(kept['request']));
  return {
    choices: {
      view: one('view', views, usual.view),
      arrangement: one('arrangement', arrangements, usual.arrangement),
      measure: one('measure', measures, usual.measure),
      sharing: one('sharing', sharings, usual.sharing),
      ...(typeof image === 'string' && { image }),
      ...(typeof explained === 'number' && { explained }),
      ...(request && { request }),
      ...{ bare: kept['bare'] === true, cells: kept['cells'] === true },
      wipe: typeof wipe === 'number' && wipe >= 0 && wipe <= 1 ? wipe : usual.wipe,
    },
  };
}

function requestOf({ method, variant, layer }: Record<string, unknown>): ProbeMapRequest | undefined {
  if (typeof method !== 'string') return undefined;
  return { method, ...(typeof variant === 'string' && { variant }), ...(typeof layer === 'string' && { layer }) };
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}
