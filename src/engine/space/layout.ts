import { checkedParameters } from '../parameters.ts';
import type { SpaceHandler } from './handler.ts';
import { layoutDesk } from './layoutDesk.ts';
import { findLayout } from './layouts/index.ts';
import { spaceSet } from './spaceSets.ts';

/** Lays the rows out in the plane, frame by frame. */
export const layout: SpaceHandler<'layout'> = async (services, { revision, request }, context) => {
  const { info } = findLayout(request.method);
  const params = checkedParameters(info, request.params ?? {});
  return await layoutDesk(services).layout(spaceSet(services, revision), { method: info.id, params }, context);
};
