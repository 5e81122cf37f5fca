import type { SpaceHandler } from './handler.ts';
import { layoutDesk } from './layoutDesk.ts';

export const stopLayout: SpaceHandler<'stopLayout'> = async (services, { revision }) => layoutDesk(services).stop(revision);
