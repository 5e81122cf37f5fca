import { methods } from '../methods.ts';
import type { TrainingScene } from './scene.ts';

/** Ten epochs, all read, of a network that tells six shapes apart. */
export function trainingScene(patch: Partial<TrainingScene> = {}): TrainingScene {
  const checkpoints = patch.checkpoints ?? 10;
  const run = { id: 'a', kind: 'checkpoints', label: 'runs/a/epoch_*', axis: 'epoch', count: checkpoints } as const;
  return {
    state: {
      following: 'on',
      runs: [run, { ...run, id: 'b', label: 'runs/b/epoch_*' }],
      run,
      choice: { request: { method: 'grad-cam' }, of: 'predicted' },
      layers: [
        { name: 'conv4', aliases: [], kind: 'Conv2D', shape: [32, 16, 16], parameters: 9000, spatial: true },
        { name: 'conv5', aliases: [], kind: 'Conv2D', shape: [32, 8, 8], parameters: 9000, spatial: true },
      ],
      set: { label: 'sample', count: 240, of: 240, on: true },
      ...{ paused: false, notice: undefined, failure: undefined },
    },
    classes: ['cross', 'heart', 'moon', 'square', 'star', 'triangle'],
    ...{ checkpoints, read: checkpoints, probes: 12, masked: 6, wholes: checkpoints, images: 240, logs: true, cheats: false, methods },
    ...{ side: 8, unscored: false, unknown: 0, broken: 0 },
    ...patch,
  };
}

/** The same with nothing but probes. */
export function probeScene(patch: Partial<TrainingScene> = {}): TrainingScene {
  return trainingScene({ wholes: 0, logs: false, ...patch });
}
