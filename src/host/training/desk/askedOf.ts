import type { MapChoice, TrainingState } from '../../../shared/trainingProtocol.ts';
import type { ImageSet } from '../../datasets/imageSet.ts';
import type { Asked, EvaluatedSet } from './desk.ts';
import { type MaskFolders, masksOf, withoutMasks } from './masksOf.ts';
import type { ProbeSet } from './probeSet.ts';

/** Images of a data set that are evaluated at each checkpoint. */
const mostEvaluated = 2_000;
/** A data set of so many is evaluated without a question. */
const few = 500;

/** What a person has chosen; undefined: nothing yet. */
interface Wishes {
  choice: MapChoice;
  evaluates: boolean | undefined;
  masks: MaskFolders;
}

/** What is asked of every checkpoint, and what the views say of the data set. */
export interface Question {
  asked: Asked;
  set: TrainingState['set'];
}

/** `isIndexed`: a person has the data set indexed for something else. */
export async function questionOf(
  probeSet: ProbeSet,
  whole: ImageSet | undefined,
  isIndexed: boolean,
  { choice, evaluates, masks: folders }: Wishes,
): Promise<Question> {
  const dataset = whole && { ...whole, images: withoutMasks(whole.images, folders) };
  const probes = probeSet.of(dataset?.images ?? []);
  const masks = await masksOf(
    probes.map(({ path }) => path),
    folders,
  );
  if (!dataset || dataset.images.length === 0) return { asked: { probes, masks, choice, set: undefined }, set: undefined };
  const { images, label } = dataset;
  const evaluated = evaluatedOf(dataset);
  const on = evaluates ?? (isIndexed || images.length <= few);
  return {
    asked: { probes, masks, choice, set: on ? evaluated : undefined },
    set: { label, count: evaluated.images.length, of: images.length, on },
  };
}

/** All images, or of too many some from all over. */
function evaluatedOf({ images, roots, labelFile }: ImageSet): EvaluatedSet {
  const step = Math.max(1, images.length / mostEvaluated);
  const taken = step === 1 ? images : Array.from({ length: mostEvaluated }, (_, i) => images[Math.floor(i * step)] as string);
  return { images: taken, roots, ...(labelFile !== undefined && { labelFile }) };
}
