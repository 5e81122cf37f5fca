import { type ColorScale, colorScale } from '../../../src/shared/colorScale.ts';
import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import { rankCorrelation } from '../../../src/shared/rankCorrelation.ts';
import type { BothSides } from '../../../src/shared/trainingProtocol.ts';
import { subtract } from '../../draw/mapDifference.ts';
import type { Measure } from '../choices.ts';
import { measured, onOneGrid } from './shape.ts';

/** Two maps of one picture as they are drawn: on one grid, on one scale, and what the second has more than the first. */
export interface PairModel {
  maps: BothSides<ExplanationMap | undefined>;
  /** Of both maps; undefined: there is none. */
  scale: ColorScale | undefined;
  /** to − from; undefined: one is missing, or they do not fit. */
  difference: ExplanationMap | undefined;
  /** −m … m around 0. */
  differenceScale: ColorScale | undefined;
  error: ErrorRecord | undefined;
  /** Rank correlation of the two, cell by cell; NaN where one is the same everywhere. */
  correlation: number;
}

const known = new WeakMap<object, Map<string, PairModel>>();
const none = {};

/** Worked out once for the same maps. */
export function pairModel(maps: BothSides<ExplanationMap | undefined>, measure: Measure): PairModel {
  const of = maps.to ?? maps.from ?? none;
  const models = known.get(of) ?? new Map<string, PairModel>();
  known.set(of, models);
  const key = `${measure} ${keyOf(maps.from)}`;
  const model = models.get(key) ?? made(maps, measure);
  models.set(key, model);
  return model;
}

let keys = 0;
const keyed = new WeakMap<ExplanationMap, number>();

function keyOf(map: ExplanationMap | undefined): number {
  if (!map) return 0;
  const key = keyed.get(map) ?? ++keys;
  keyed.set(map, key);
  return key;
}

function made({ from, to }: BothSides<ExplanationMap | undefined>, measure: Measure): PairModel {
  const [first, second] = from && to ? onOneGrid(from, to) : [from, to];
  const [a, b] = [first && measured(first, measure), second && measured(second, measure)];
  const outcome = a && b ? subtract(b, a) : undefined;
  const difference = outcome && 'map' in outcome ? outcome.map : undefined;
  return {
    maps: { from: a, to: b },
    scale: sharedScale([a, b]),
    difference,
    differenceScale: difference && colorScale(difference.values, difference),
    error: outcome && 'error' in outcome ? outcome.error : undefined,
    correlation: a && b && difference ? rankCorrelation(a.values, b.values) : Number.NaN,
  };
}

/** The scale that all of some maps fit on. Maps are as they are drawn. */
export function sharedScale(maps: readonly (ExplanationMap | undefined)[]): ColorScale | undefined {
  const there = maps.filter((map) => map !== undefined);
  const [map] = there;
  if (!map) return undefined;
  const all = new Float32Array(there.reduce((sum, { values }) => sum + values.length, 0));
  let at = 0;
  for (const { values } of there) {
    all.set(values, at);
    at += values.length;
  }
  return colorScale(all, map);
}

/** The widest of some scales; of kinds that do not fit the first one wins. */
export function joinedScale(scales: readonly (ColorScale | undefined)[]): ColorScale | undefined {
  const there = scales.filter((scale) => scale !== undefined && !scale.flat) as ColorScale[];
  const [first] = there;
  if (!first) return scales.find((scale) => scale !== undefined);
  const like = there.filter(({ kind }) => kind === first.kind);
  return { ...first, low: Math.min(...like.map(({ low }) => low)), high: Math.max(...like.map(({ high }) => high)) };
}
