import { usePage } from '../open.ts';
import type { TrainingTestHost } from './host.ts';
import type { TrainingScene } from './scene.ts';

/** One browser and one site with the page about training for a test file; see `usePage`. */
export function useTrainingPage() {
  return usePage<TrainingScene, TrainingTestHost>({ name: 'training', title: 'Training', host: 'test/webview/training/host.ts' });
}
