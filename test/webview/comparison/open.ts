import { usePage } from '../open.ts';
import type { ComparisonTestHost } from './host.ts';
import type { ComparisonScene } from './scene.ts';

/** One browser and one site with the page about two checkpoints for a test file; see `usePage`. */
export function useComparisonPage() {
  return usePage<ComparisonScene, ComparisonTestHost>({
    ...{ name: 'comparison', title: 'Compare', host: 'test/webview/comparison/host.ts' },
  });
}
