import { usePage } from '../open.ts';
import type { SpaceTestHost } from './host.ts';
import type { SpaceScene } from './scene.ts';

/** One browser and one site with the page about the feature space for a test file; see `usePage`. */
export function useSpacePage() {
  return usePage<SpaceScene, SpaceTestHost>({ name: 'space', title: 'Feature Space', host: 'test/webview/space/host.ts' });
}
