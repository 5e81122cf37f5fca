import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { ExplanationMap, Outcome } from '../../../src/shared/protocol.ts';
import { subtract } from '../../draw/mapDifference.ts';
import type { PageState } from '../state.ts';
import { type Cell, isSlow } from './cells.ts';

/** What a cell shows now. */
export type Content =
  | { state: 'map' | 'flat'; map: ExplanationMap; note: string | undefined }
  | { state: 'running'; done: number; secondsLeft: number | undefined; map: ExplanationMap | undefined; note: undefined }
  | { state: 'failed'; error: ErrorRecord; note: undefined; map: undefined }
  /** `idle`: a slow method not yet let run. `stopped`: cancelled. */
  | { state: 'waiting' | 'idle' | 'stopped'; note: undefined; map: undefined };

export function contentOf(state: PageState, cell: Cell): Content {
  if (cell.blocked) return failed(cell.blocked);
  if (cell.of && !cell.request) return plain(state, cell);
  const outcome = state.compare.outcomes.get(cell.asks);
  if (outcome) return cell.of ? contrast(state, cell, outcome) : settled(outcome);
  const running = state.compare.running.get(cell.asks);
  if (running) return { state: 'running', done: running.done, secondsLeft: running.secondsLeft, map: running.partial, note: undefined };
  return { state: pending(state, cell), note: undefined, map: undefined };
}

/** The maps that have to run for a cell. */
export function toAllow({ asks, request, of }: Cell): readonly string[] {
  return request ? [asks] : (of ?? []);
}

function pending(state: PageState, cell: Cell): 'waiting' | 'idle' | 'stopped' {
  if (isSlow(cell) && toAllow(cell).some((asks) => !state.compare.allowed.has(asks))) return 'idle';
  return state.compare.stopped ? 'stopped' : 'waiting';
}

function failed(error: ErrorRecord): Content {
  return { state: 'failed', error, note: undefined, map: undefined };
}

function settled(outcome: Outcome, note?: string): Content {
  if ('error' in outcome) return failed(outcome.error);
  const { map } = outcome;
  return { state: map.flat === undefined ? 'map' : 'flat', map, note };
}

/** A contrastive map with its sign. One without a sign (|gradient|) tells no direction: then the two maps are subtracted. */
function contrast(state: PageState, cell: Cell, outcome: Outcome): Content {
  if ('error' in outcome) return failed(outcome.error);
  if (!outcome.map.signed) return plain(state, cell);
  return settled({ map: withSign(outcome.map) }, 'contrastive');
}

const signedForms = new WeakMap<ExplanationMap, ExplanationMap>();

function withSign(map: ExplanationMap): ExplanationMap {
  if (!map.relu) return map;
  const known = signedForms.get(map);
  if (known) return known;
  // Flat only because nothing is positive: with the sign there is something to see.
  const { flat: _, ...rest } = map;
  const form = { ...rest, relu: false, flat: map.max > map.min ? undefined : map.flat };
  signedForms.set(map, form);
  return form;
}

/** The two maps as they are drawn, subtracted cell by cell. */
function plain(state: PageState, cell: Cell): Content {
  const [a, b] = (cell.of ?? []).map((key) => state.compare.outcomes.get(key));
  for (const outcome of [a, b]) if (outcome && 'error' in outcome) return failed(outcome.error);
  if (!a || !b || !('map' in a) || !('map' in b)) return { state: pending(state, cell), note: undefined, map: undefined };
  const outcome = subtract(a.map, b.map);
  return settled(outcome, 'subtracted');
}
