import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { MapRequest, Prediction, Rect } from '../../../src/shared/protocol.ts';
import type { PageState } from '../state.ts';
import { currentRegion } from '../targets.ts';
import type { Side } from './compareState.ts';
import { type MethodRef, refusalOf, variantLabel } from './methodRefs.ts';

/** One small map with its fixed place. */
export interface Cell {
  /** Names its place. */
  key: string;
  /** Names the map it shows: two cells may show the same one. */
  asks: string;
  side: Side;
  ref: MethodRef;
  /** What is asked for; undefined: made of other cells, not possible, or waiting for the other subject. */
  request: MapRequest | undefined;
  /** Why nothing is asked for. */
  blocked: ErrorRecord | undefined;
  /** A difference: names (`asks`) of the two maps it is of. */
  of: readonly [string, string] | undefined;
  /** What tells it from its neighbours in the row: a layer, a class, an image. */
  title: string;
}

export interface Column {
  title: string;
  about: string;
}

export interface Row {
  id: string;
  title: string;
  about: string;
  cells: readonly Cell[];
}

/** `matrix`: columns have headings; `flow`: one row that wraps, each cell with its own. */
export interface Section {
  layout: 'matrix' | 'flow';
  title: string | undefined;
  columns: readonly Column[];
  rows: readonly Row[];
}

/** What a kind of comparison is made of. */
export interface Built {
  sections: readonly Section[];
  /** What is worth knowing about how it was put together. */
  notes: readonly string[];
}

/** A row of one method. */
export function row(ref: MethodRef, cells: readonly Cell[]): Row {
  return {
    id: ref.id,
    title: ref.method.label,
    about: variantLabel(ref),
    cells,
  };
}

export function nameOf(ref: Omit<MethodRef, 'id'>): string {
  const variant = variantLabel(ref);
  return variant === '' ? ref.method.label : `${ref.method.label} (${variant})`;
}

interface Wanted {
  layer?: string | undefined;
  class: number | undefined;
  against?: number | undefined;
}

/** A map of one side; nothing is asked for where it is refused or the other subject is not there. */
export function asked(state: PageState, ref: MethodRef, wanted: Wanted, title: string, side: Side = 'own'): Cell {
  const subject = side === 'own' ? state : state.compare.others[side];
  const refused = refusalOf(subject?.prediction, ref.method);
  const request =
    subject?.prediction && wanted.class !== undefined
      ? requestFor(state, ref, { ...wanted, class: wanted.class }, regionOf(state, subject.prediction))
      : undefined;
  const other = side === 'own' ? '' : state.compare.others[side]?.subject.id;
  const failure = side === 'own' ? undefined : state.compare.others[side]?.failure;
  const asks = JSON.stringify([side, other, request ?? [ref.id, wanted]]);
  const key = JSON.stringify([title, asks]);
  return { key, asks, side, ref, request: refused ? undefined : request, blocked: failure ?? refused, of: undefined, title };
}

/** The part of a dense output that Explain explains, where this model's output has the same cells. */
function regionOf(state: PageState, { model: { dense } }: Prediction): Rect | undefined {
  const own = state.prediction?.model.dense;
  return dense?.height === own?.height && dense?.width === own?.width ? currentRegion(state) : undefined;
}

function requestFor(
  state: PageState,
  { method, variant }: MethodRef,
  wanted: Wanted & { class: number },
  region: Rect | undefined,
): MapRequest {
  const params = state.choices.params?.[method.id];
  return {
    method: method.id,
    ...(variant !== '' && { variant }),
    ...(method.at === 'layer' && wanted.layer !== undefined && { layer: wanted.layer }),
    // The same map for every class is asked for once.
    ...(method.targets !== 'none' && { class: wanted.class }),
    ...(wanted.against !== undefined && method.targets === 'any' && { against: wanted.against }),
    ...(region && method.targets !== 'none' && { region }),
    ...(params && Object.keys(params).length > 0 && { params }),
  };
}

/** Made in the page of two maps that are there. */
export function differenceOf(a: Cell, b: Cell, title: string): Cell {
  const of = [a.asks, b.asks] as const;
  const asks = JSON.stringify(of);
  return { ...a, key: JSON.stringify([title, asks]), asks, request: undefined, blocked: a.blocked ?? b.blocked, of, title };
}

export function isSlow({ ref }: Cell): boolean {
  return ref.method.slow;
}
