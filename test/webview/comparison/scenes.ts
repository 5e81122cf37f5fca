import type { TrainingScene } from '../training/scene.ts';
import { trainingScene } from '../training/scenes.ts';
import type { ComparisonScene } from './scene.ts';

/** The first and the last of ten epochs. */
export function comparisonScene(patch: Partial<ComparisonScene> = {}, training: Partial<TrainingScene> = {}): ComparisonScene {
  return { training: trainingScene(training), from: 0, to: 9, gone: [], trouble: undefined, ...patch };
}
