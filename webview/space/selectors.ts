import type { FeatureLayer, SpaceRows } from '../../src/shared/spaceProtocol.ts';
import type { SpaceState } from './state.ts';

/** `empty`: no model is chosen. `ready`: the layers are known; each view tells by itself how far it is. */
export type Phase = 'loading' | 'empty' | 'error' | 'ready';

export function phase({ subject, space, failure }: SpaceState): Phase {
  if (failure) return 'error';
  if (subject && subject.modelName === undefined) return 'empty';
  return space ? 'ready' : 'loading';
}

/** The feature layer: the chosen one where the model has it, else the automatic one. */
export function currentLayer({ space, choices }: SpaceState): FeatureLayer | undefined {
  if (!space) return undefined;
  const named = (name: string | undefined) => space.layers.find((layer) => layer.name === name);
  return named(choices.layer) ?? named(space.defaultLayer) ?? space.layers[0];
}

const rowsByPath = new WeakMap<SpaceRows, Map<string, number>>();

/** The row of an image; undefined: it is not indexed. */
export function rowOf(rows: SpaceRows | undefined, path: string | undefined): number | undefined {
  if (!rows || path === undefined) return undefined;
  let known = rowsByPath.get(rows);
  if (!known) {
    known = new Map(rows.paths.map((each, row) => [each, row]));
    rowsByPath.set(rows, known);
  }
  return known.get(path);
}

/** The row in focus. */
export function focusedRow({ rows, choices }: SpaceState): number | undefined {
  return rowOf(rows.value, choices.focus);
}
