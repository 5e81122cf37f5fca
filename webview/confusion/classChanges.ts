import type { WholeSet } from '../../src/shared/trainingProtocol.ts';
import { confusionOf, recallOf } from './confusion.ts';

/** How well a class is recognised: the accuracy among the images labelled so, its recall. */
export interface ClassChange {
  of: number;
  images: number;
  accuracy: number;
  /** Since the checkpoint before; NaN where there is none. */
  change: number;
}

const known = new WeakMap<WholeSet, { before: WholeSet | undefined; changes: readonly ClassChange[] }>();

/** Of the model's classes that occur as labels: the largest fall first; where nothing is before, the worst first. */
export function classChanges(before: WholeSet | undefined, now: WholeSet): readonly ClassChange[] {
  const found = known.get(now);
  if (found && found.before === before) return found.changes;
  const [confusion, old] = [confusionOf(now), before && confusionOf(before)];
  const changes = Array.from({ length: now.modelClasses }, (_, of) => of)
    .filter((of) => (confusion.labelled[of] ?? 0) > 0)
    .map((of): ClassChange => {
      const accuracy = recallOf(confusion, of);
      return { of, images: confusion.labelled[of] ?? 0, accuracy, change: old ? accuracy - recallOf(old, of) : Number.NaN };
    })
    .sort((a, b) => orZero(a.change) - orZero(b.change) || a.accuracy - b.accuracy || a.of - b.of);
  known.set(now, { before, changes });
  return changes;
}

function orZero(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}
