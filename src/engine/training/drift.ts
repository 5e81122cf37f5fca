import { TrainingStore } from '../../dataset/trainingStore.ts';
import { ModelError } from '../../shared/errors.ts';
import type { TrainingHandler } from './handler.ts';
import { keptTraces, newestKey } from './keptWhole.ts';
import { driftBetween } from './setTraces.ts';

/** From what is kept of both: their files may be gone. */
export const drift: TrainingHandler<'drift'> = async (_services, { store: folder, from, to }) => {
  const store = new TrainingStore(folder);
  const key = await newestKey(store, to);
  const [first, second] = await Promise.all([keptTraces(store, from, key), keptTraces(store, to, key)]);
  if (!first || !second) {
    throw new ModelError(
      'stale',
      `The data set of ${first ? 'the later' : second ? 'the earlier' : 'both'} of the two checkpoints is not kept: how far they are apart cannot be told.`,
      {
        hint: 'Let the data set be evaluated at both checkpoints again.',
      },
    );
  }
  return driftBetween({ version: from, traces: first }, { version: to, traces: second });
};
