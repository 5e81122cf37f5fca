import { ModelError } from '../../shared/errors.ts';
import { fourier } from './methods/fourier.ts';
import { maco } from './methods/maco.ts';
import { simonyan } from './methods/simonyan.ts';
import type { Visualiser } from './visualiser.ts';

/** In the order of menus: the first is the default. */
export const visualisers: readonly Visualiser[] = [fourier, maco, simonyan];

/** Throws ModelError('method') with the names there are. */
export function findVisualiser(id: string): Visualiser {
  const found = visualisers.find(({ info }) => info.id === id);
  if (found) return found;
  throw new ModelError('method', `There is no way of visualising called '${id}'.`, {
    hint: `Choose one of: ${visualisers.map(({ info }) => info.id).join(', ')}.`,
  });
}
