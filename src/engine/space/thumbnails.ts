import { thumbnailsOf } from '../../dataset/thumbnails.ts';
import type { SpaceHandler } from './handler.ts';

export const thumbnails: SpaceHandler<'thumbnails'> = async (_services, { store, images }, { signal }) =>
  await thumbnailsOf(store, images, signal);
