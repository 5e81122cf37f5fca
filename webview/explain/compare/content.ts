import { drawnValues } from '../../../src/shared/colorScale.ts';
import { type ErrorRecord, ModelError, toErrorRecord } from '../../../src/shared/errors.ts';
import type { ExplanationMap, Outcome } from '../../../src/shared/protocol.ts';
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

const differences = new WeakMap<ExplanationMap, WeakMap<ExplanationMap, Outcome>>();

/** a − b of two maps [H,W] of the same size and unit, after the ReLU each is drawn with. */
export function subtract(a: ExplanationMap, b: ExplanationMap): Outcome {
  const known = differences.get(a)?.get(b);
  if (known) return known;
  const outcome = a.height === b.height && a.width === b.width ? { map: difference(a, b) } : { error: sizesDiffer(a, b) };
  differences.set(a, (differences.get(a) ?? new WeakMap<ExplanationMap, Outcome>()).set(b, outcome));
  return outcome;
}

function difference(a: ExplanationMap, b: ExplanationMap): ExplanationMap {
  const [first, second] = [drawnValues(a.values, a.relu), drawnValues(b.values, b.relu)];
  const values = first.map((v, i) => v - (second[i] ?? Number.NaN));
  const known = values.filter((v) => Number.isFinite(v));
  const min = known.reduce((low, v) => Math.min(low, v), Number.POSITIVE_INFINITY);
  const max = known.reduce((high, v) => Math.max(high, v), Number.NEGATIVE_INFINITY);
  return {
    ...a,
    values,
    min,
    max,
    relu: false,
    signed: true,
    against: b.class,
    target: `${a.target}, minus ${b.target}: the two maps subtracted`,
    flat: max > min ? undefined : `The two maps are the same: their difference is ${min} everywhere.`,
    checks: [],
    ms: a.ms + b.ms,
  };
}

function sizesDiffer(a: ExplanationMap, b: ExplanationMap): ErrorRecord {
  return toErrorRecord(
    new ModelError(
      'shape',
      `The two maps have ${a.height} × ${a.width} and ${b.height} × ${b.width} cells: there is no difference cell by cell.`,
      {
        hint: 'Choose a layer where both have the same size.',
      },
    ),
  );
}
