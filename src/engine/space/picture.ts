import { pictureOf } from '../pictureOf.ts';
import type { SpaceHandler } from './handler.ts';

export const picture: SpaceHandler<'picture'> = async ({ inputs }, { model, image }, { signal }) =>
  pictureOf(await inputs.prepare(model, image, signal));
