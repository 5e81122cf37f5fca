import type { CallContext } from '../../shared/rpc.ts';
import type { UnitCalls } from '../../shared/unitsProtocol.ts';
import type { Services } from '../services.ts';

/** Serves one of the calls about units. */
export type UnitHandler<K extends keyof UnitCalls> = (
  services: Services,
  params: UnitCalls[K]['params'],
  context: CallContext<UnitCalls[K]['progress']>,
) => Promise<UnitCalls[K]['result']>;
