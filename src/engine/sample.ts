import type { SamplingMethod } from '../explain/method.ts';
import { ModelError } from '../shared/errors.ts';
import type { RawMap } from './graphMaps.ts';
import type { Prepared } from './inputs.ts';
import type { StreamContext } from './perturb.ts';
import type { MapTask } from './resolve.ts';
import type { Services } from './services.ts';

/** Runs a sampling method batch by batch through the queue: gradients of the target at many inputs. */
export async function sample(
  _services: Services,
  _input: Prepared,
  { info }: SamplingMethod,
  _task: MapTask,
  _context: StreamContext,
): Promise<RawMap> {
  throw new ModelError('internal', `${info.label} cannot be run.`);
}
