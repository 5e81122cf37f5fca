import { usePage } from '../open.ts';
import type { UnitsTestHost } from './host.ts';
import type { UnitsScene } from './scene.ts';

/** One browser and one site with the units page for a test file; see `usePage`. */
export function useUnitsPage() {
  return usePage<UnitsScene, UnitsTestHost>({ name: 'units', title: 'Units', host: 'test/webview/units/host.ts' });
}
