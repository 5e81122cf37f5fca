import { ModelError } from '../../../shared/errors.ts';
import type { LayoutMethod } from './method.ts';
import { pca } from './pca.ts';
import { tsne } from './tsne.ts';
import { umap } from './umap.ts';

/** In the order of menus: the first is the default. */
export const layoutMethods: readonly LayoutMethod[] = [tsne, pca, umap];

/** Throws ModelError('method') with the names there are. */
export function findLayout(id: string): LayoutMethod {
  const found = layoutMethods.find(({ info }) => info.id === id);
  if (found) return found;
  throw new ModelError('method', `There is no layout called '${id}'.`, {
    hint: `Choose one of: ${layoutMethods.map(({ info }) => info.id).join(', ')}.`,
  });
}
