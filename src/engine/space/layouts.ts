import type { SpaceHandler } from './handler.ts';
import { layoutMethods } from './layouts/index.ts';

/** The ways to lay out. */
export const layouts: SpaceHandler<'layouts'> = async () => layoutMethods.map(({ info }) => info);
