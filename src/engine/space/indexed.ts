import { Catalogue } from '../../dataset/catalogue.ts';
import { untilLeft } from '../units/exclusive.ts';
import type { SpaceHandler } from './handler.ts';
import { turnsOf } from './index.ts';
import { openIndex } from './openIndex.ts';

/** How much is indexed of a data set as it is now. Reads no image. */
export const indexed: SpaceHandler<'indexed'> = async (services, { images, ...of }, { signal }) => {
  await untilLeft(turnsOf(of.store), signal);
  const index = await openIndex(services, of, signal);
  const known = await index.store.indexed(index.layer.name, signal);
  const files = await new Catalogue(of.store).recallAll([...new Set(images)], signal);
  return {
    layer: index.layer.name,
    images: files.length,
    indexed: files.filter((file) => file && 'hash' in file && known.has(file.hash)).length,
    unreadable: files.filter((file) => file && 'error' in file).length,
    bytes: await index.store.bytes(),
  };
};
