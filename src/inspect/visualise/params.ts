import type { ParamInfo } from '../../shared/protocol.ts';

/** Parameters that several methods have. */
export const steps = (usual: number): ParamInfo => ({
  id: 'steps',
  label: 'Steps',
  about: 'How often the gradient is followed.',
  default: usual,
  min: 1,
  max: 4096,
  step: 1,
});

export const seed: ParamInfo = {
  id: 'seed',
  label: 'Seed',
  about: 'Where the climb starts and what chance does on the way: the same seed gives the same picture.',
  default: 1,
  min: 0,
  max: 65_535,
  step: 1,
};
