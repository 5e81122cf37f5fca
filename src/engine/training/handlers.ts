import type { Handlers } from '../../shared/rpc.ts';
import type { TrainingCalls } from '../../shared/trainingProtocol.ts';
import type { Explainer } from '../explainer.ts';
import type { Services } from '../services.ts';
import { drift } from './drift.ts';
import { FedPixels } from './fedPixels.ts';
import { forgetVersion } from './forgetVersion.ts';
import type { TrainingHandler } from './handler.ts';
import { mapLayers } from './mapLayers.ts';
import { probeFrames } from './probeFrames.ts';
import { ProbeImages } from './probeImages.ts';
import { recall } from './recall.ts';
import { trainingLogs } from './trainingLogs.ts';
import { wholeSet } from './wholeSet.ts';

const all: { [K in keyof TrainingCalls]: TrainingHandler<K> } = {
  probeFrames,
  wholeSet,
  drift,
  forgetVersion,
  mapLayers,
  recall,
  trainingLogs,
};

/** What is fed of the probes: 64 of 224 pixels fit. */
const probeBytes = 2 ** 26;

/** The calls about training runs. */
export function trainingHandlers(services: Services, explainer: Explainer): Handlers<TrainingCalls> {
  const own = { ...services, explainer, probeImages: new ProbeImages(probeBytes), fedPixels: new FedPixels() };
  return Object.fromEntries(
    Object.entries(all).map(([name, handler]) => [name, (params: never, context: never) => handler(own, params, context)]),
  ) as unknown as Handlers<TrainingCalls>;
}
