import type { LabelOffer } from '../shared/protocol.ts';
import { labelSetsFor, namesOf } from './labelSets.ts';

/**
 * The known sets of class names for so many outputs, with what each would call class `top`. Offered and never assumed: an
 * equal number says nothing of the order (Darknet's 1000 have another one).
 */
export async function labelOffers(classes: number, top: number): Promise<LabelOffer[]> {
  return await Promise.all(
    labelSetsFor(classes).map(async (set) => ({ id: set.id, label: set.label, top: (await namesOf(set, classes))[top] ?? '' })),
  );
}
