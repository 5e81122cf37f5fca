import type { CallContext } from '../../shared/rpc.ts';
import type { SpaceCalls } from '../../shared/spaceProtocol.ts';
import type { Services } from '../services.ts';

/** Serves one of the calls about the feature space. */
export type SpaceHandler<K extends keyof SpaceCalls> = (
  services: Services,
  params: SpaceCalls[K]['params'],
  context: CallContext<SpaceCalls[K]['progress']>,
) => Promise<SpaceCalls[K]['result']>;
