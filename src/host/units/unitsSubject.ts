import { basename } from 'node:path';
import { modelName } from '../../shared/modelFormats.ts';
import type { ImageRef, UnitsSubject } from '../../shared/unitsProtocol.ts';
import type { ImageSet } from '../datasets/imageSet.ts';
import { keptBy } from '../keptBy.ts';
import type { Models } from '../models.ts';
import type { Showing } from '../showings.ts';
import { workspacePath } from '../subject.ts';

/** What a units panel is about. */
export interface UnitsOf {
  /** Absolute path. */
  model: string;
  /** Absolute path; undefined: the first of the data set. */
  image: string | undefined;
  pinned: boolean;
}

export type UnitsTurn = NonNullable<UnitsSubject['turn']>;

/** The subject as the page shows it. */
export async function describeUnits(
  { model, image, pinned }: UnitsOf,
  { generation, turn }: Showing<UnitsTurn>,
  dataset: ImageSet | undefined,
  models: Pick<Models, 'candidates'>,
): Promise<UnitsSubject> {
  const shown = image ?? dataset?.sample.images[0];
  return {
    generation,
    restore: JSON.stringify({ model, image, pinned } satisfies UnitsOf),
    modelName: modelName(model),
    modelPath: workspacePath(model),
    candidates: (await models.candidates()).map(({ path }) => workspacePath(path)),
    image: shown === undefined ? undefined : refOf(shown),
    dataset: dataset && { label: dataset.label, capped: dataset.sample.capped, images: dataset.sample.images.map(refOf) },
    ...(turn && { turn }),
  };
}

function refOf(path: string): ImageRef {
  return { path, name: basename(path) };
}

/** Back from the state a page kept; undefined where that is not ours. */
export function restoreUnits(state: unknown): UnitsOf | undefined {
  const { model, image, pinned } = keptBy(state);
  if (typeof model !== 'string') return undefined;
  return { model, image: typeof image === 'string' ? image : undefined, pinned: pinned === true };
}
