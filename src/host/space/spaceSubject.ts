import { modelName } from '../../shared/modelFormats.ts';
import type { SpaceSubject } from '../../shared/spaceProtocol.ts';
import type { ImageSet } from '../datasets/imageSet.ts';
import { keptBy } from '../keptBy.ts';
import type { Models } from '../models.ts';
import type { Showing } from '../showings.ts';
import { workspacePath } from '../subject.ts';

/** What a panel about the feature space is about. */
export interface SpaceOf {
  /** Absolute path. */
  model: string;
  pinned: boolean;
}

export type SpaceTurn = NonNullable<SpaceSubject['turn']>;

/** The subject as the page shows it. */
export async function describeSpace(
  { model, pinned }: SpaceOf,
  { generation, turn }: Showing<SpaceTurn>,
  dataset: ImageSet | undefined,
  models: Pick<Models, 'candidates'>,
): Promise<SpaceSubject> {
  return {
    generation,
    restore: JSON.stringify({ model, pinned } satisfies SpaceOf),
    modelName: modelName(model),
    modelPath: workspacePath(model),
    candidates: (await models.candidates()).map(({ path }) => workspacePath(path)),
    dataset: dataset && describeSet(dataset),
    ...(turn && { turn }),
  };
}

function describeSet({ label, images, capped, labelFile }: ImageSet): SpaceSubject['dataset'] {
  return { label, count: images.length, capped, labels: labelFile === undefined ? undefined : workspacePath(labelFile) };
}

/** Back from the state a page kept; undefined where that is not ours. */
export function restoreSpace(state: unknown): SpaceOf | undefined {
  const { model, pinned } = keptBy(state);
  return typeof model === 'string' ? { model, pinned: pinned === true } : undefined;
}
