import { forgetIndex as forgetAll, forgetModel } from '../../dataset/forget.ts';
import { exclusive } from '../units/exclusive.ts';
import type { SpaceHandler } from './handler.ts';
import { turnsOf } from './index.ts';

/** Deletes the index. */
export const forgetIndex: SpaceHandler<'forgetIndex'> = async (_services, { store, model }, { signal }) =>
  await exclusive(turnsOf(store), signal, async () => {
    if (model === undefined) await forgetAll(store);
    else await forgetModel(store, model);
  });
