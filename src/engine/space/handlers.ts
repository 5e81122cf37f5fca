import type { Handlers } from '../../shared/rpc.ts';
import type { SpaceCalls } from '../../shared/spaceProtocol.ts';
import type { Services } from '../services.ts';
import { agreement } from './agreement.ts';
import { featureLayers } from './featureLayers.ts';
import { forgetIndex } from './forgetIndex.ts';
import type { SpaceHandler } from './handler.ts';
import { index } from './index.ts';
import { indexed } from './indexed.ts';
import { layout } from './layout.ts';
import { layouts } from './layouts.ts';
import { neighbours } from './neighbours.ts';
import { pair } from './pair.ts';
import { picture } from './picture.ts';
import { rows } from './rows.ts';
import { stopLayout } from './stopLayout.ts';
import { thumbnails } from './thumbnails.ts';

const handlers: { [K in keyof SpaceCalls]: SpaceHandler<K> } = {
  featureLayers,
  indexed,
  index,
  forgetIndex,
  rows,
  thumbnails,
  neighbours,
  agreement,
  layouts,
  layout,
  stopLayout,
  pair,
  picture,
};

/** The calls about the feature space, on the services of one engine. */
export function spaceHandlers(services: Services): Handlers<SpaceCalls> {
  const bound = Object.entries(handlers).map(([name, handle]) => [
    name,
    (params: never, context: never) => (handle as SpaceHandler<keyof SpaceCalls>)(services, params, context),
  ]);
  return Object.fromEntries(bound);
}
