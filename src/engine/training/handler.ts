import type { CallContext } from '../../shared/rpc.ts';
import type { TrainingCalls } from '../../shared/trainingProtocol.ts';
import type { Explainer } from '../explainer.ts';
import type { Services } from '../services.ts';
import type { FedPixels } from './fedPixels.ts';
import type { ProbeImages } from './probeImages.ts';

/** What the calls about training runs use. */
export interface TrainingServices extends Services {
  explainer: Explainer;
  probeImages: ProbeImages;
  fedPixels: FedPixels;
}

/** Serves one of the calls about training runs. */
export type TrainingHandler<K extends keyof TrainingCalls> = (
  services: TrainingServices,
  params: TrainingCalls[K]['params'],
  context: CallContext<TrainingCalls[K]['progress']>,
) => Promise<TrainingCalls[K]['result']>;
