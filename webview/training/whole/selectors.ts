import { isCorrect } from '../../../src/shared/spaceProtocol.ts';
import type { Checkpoint, Drift, WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { current } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { type AskedDrifts, driftBetween } from './driftOf.ts';

/** A checkpoint and what it says of the whole set. */
export interface Evaluated {
  checkpoint: Checkpoint;
  whole: WholeSet;
}

/** What is on show of the whole set. */
export interface Sight {
  /** All that are evaluated, in the run's order. */
  all: readonly Evaluated[];
  /** Place in `all` of the one on show. */
  index: number;
  now: Evaluated;
  /** The evaluated one before it: what changes are counted from. */
  before: Evaluated | undefined;
  /** From the one before to the one on show; undefined: not known (yet). */
  drift: Drift | undefined;
  drifts: AskedDrifts;
}

let last: readonly Evaluated[] = [];

/** Checkpoints that are evaluated, in order. The same list as long as nothing in it is another. */
export function evaluated({ subject, wholes }: Pick<PageState, 'subject' | 'wholes'>): readonly Evaluated[] {
  const all = (subject?.checkpoints ?? []).flatMap((checkpoint) => {
    const whole = wholes.get(checkpoint.id);
    return whole ? [{ checkpoint, whole }] : [];
  });
  if (all.length !== last.length || !all.every((each, i) => isSame(each, last[i] as Evaluated))) last = all;
  return last;
}

function isSame(a: Evaluated, b: Evaluated): boolean {
  return a.whole === b.whole && a.checkpoint.id === b.checkpoint.id && a.checkpoint.at === b.checkpoint.at;
}

let seen: Sight | undefined;

/**
 * The slider's checkpoint as far as it is evaluated, else the evaluated one before it, else the first after it; undefined: none is. The
 * same object as long as nothing in it is another.
 */
export function sightOf(state: PageState): Sight | undefined {
  const all = evaluated(state);
  // While the probes are read anew there is no slider; the set stays where it was.
  const at = current(state)?.id ?? state.choices.at;
  const slider = state.subject?.checkpoints.find(({ id }) => id === at) ?? all.at(-1)?.checkpoint;
  if (all.length === 0 || !slider) return undefined;
  const exact = all.findIndex(({ checkpoint }) => checkpoint.id === slider.id);
  const index =
    exact >= 0
      ? exact
      : Math.max(
          0,
          all.findLastIndex(({ checkpoint }) => checkpoint.at <= slider.at),
        );
  const { drifts } = state.whole;
  if (seen?.all !== all || seen.index !== index || seen.drifts !== drifts) {
    const [now, before] = [all[index] as Evaluated, all[index - 1]];
    seen = { all, index, now, before, drift: driftBetween(before?.whole, now.whole, drifts), drifts };
  }
  return seen;
}

/** The slider's checkpoint, where it is not evaluated (yet). */
export function missing(state: PageState): Checkpoint | undefined {
  const slider = current(state);
  return slider && !state.wholes.has(slider.id) ? slider : undefined;
}

const judged = new WeakMap<WholeSet, boolean>();

/** Whether anything can be right or wrong. */
export function areJudged(whole: WholeSet): boolean {
  const known = judged.get(whole) ?? whole.labels.some((_, row) => isCorrect(whole, row) !== undefined);
  judged.set(whole, known);
  return known;
}
