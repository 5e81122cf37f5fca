import type { ProjectionRule } from '../../../src/shared/unitsProtocol.ts';

export const projectionRules = ['deconvnet', 'guided', 'gradient'] as const satisfies readonly ProjectionRule[];

export interface UnitChoices {
  /** In the grid of top patches: the patches, or what in them drove the unit. */
  shows: 'patches' | 'projections';
  rule: ProjectionRule;
  /** Where the thresholded activations are looked at. */
  images: 'top' | 'random';
}

export function restoreUnit({ shows, rule, images }: Record<string, unknown>): UnitChoices {
  return {
    shows: shows === 'projections' ? 'projections' : 'patches',
    rule: projectionRules.find((each) => each === rule) ?? 'deconvnet',
    images: images === 'random' ? 'random' : 'top',
  };
}
