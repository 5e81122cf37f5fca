import { basename } from 'node:path';
import type { StoreKey } from '../dataset/store.ts';
import type { ModelInfo } from '../shared/protocol.ts';
import { untilAborted } from '../shared/sharedJobs.ts';
import type { Preprocessing } from '../shared/sidecar.ts';
import type { ImageRef } from '../shared/unitsProtocol.ts';
import { type Prepared, preprocessingUnknown } from './inputs.ts';
import type { OpenModel } from './models.ts';
import type { Services } from './services.ts';

/** A model that many images are fed to, all in the same way: at the size the model opens with where each image could have its own. */
export interface FedModel {
  open: OpenModel;
  info: ModelInfo;
  preprocessing: Preprocessing;
}

/** Throws ModelError('input') where nothing tells the preprocessing. */
export async function openFed(services: Services, model: string, signal: AbortSignal): Promise<FedModel> {
  const open = await untilAborted(services.models.open(model), signal);
  const info = await services.inputs.describe(open, undefined);
  const { preprocessing } = info;
  if (!preprocessing) throw preprocessingUnknown(info);
  return { open, info, preprocessing };
}

/** One image of many that are fed in the same way. */
export type FedOne = Pick<Prepared, 'open' | 'info' | 'fed' | 'key'> & { image: ImageRef };

/** Throws ModelError naming the image where it cannot be read. */
export async function feedOne(
  { inputs }: Services,
  { open, info, preprocessing }: FedModel,
  path: string,
  signal: AbortSignal,
): Promise<FedOne> {
  const image = await inputs.decode(path, signal);
  const key = `${open.model.hash}:${info.engine}:${image.hash}:${JSON.stringify(preprocessing)}`;
  return { open, info, image: { path, name: basename(path) }, fed: inputs.feed(image, preprocessing, info), key };
}

/** Tells what is kept of the model from what is kept of other models, of other versions of its file, with another preprocessing. */
export function keyOfModel({ open: { model }, preprocessing }: FedModel): StoreKey {
  return { file: model.file, hash: model.hash, preprocessing: JSON.stringify(preprocessing) };
}
