import type { Hdf5File } from '../../formats/hdf5/file.ts';
import type { KerasModel } from '../keras/model.ts';
import type { StoredWeight, WeightFinder, WeightOwner } from '../keras/weights.ts';
import { weightsByName } from '../tfjs/weightNames.ts';
import { namedWeight } from './stored.ts';

/** A list that took more than 64 kB stands in several attributes. */
const MOST_PARTS = 1024;

/** The group that lists its layers, `layer_names`, as all .h5 files of Keras 1 to 3 have it; undefined where there is none. */
export function weightsGroup(file: Hdf5File): string | undefined {
  return ['/model_weights', '/'].find((group) => file.kindOf(group) === 'group' && splitStrings(file, group, 'layer_names') !== undefined);
}

/**
 * Weights of .h5 files: a group for each layer, with the weights of the layers nested in it. Groups go by the layers' names;
 * where a config from elsewhere has others, by the order of the layers that have weights, as Keras does it.
 */
export function weightsInGroups(file: Hdf5File, group: string, model: KerasModel): WeightFinder {
  const prefix = group === '/' ? '/' : `${group}/`;
  return (owners) => {
    const names = splitStrings(file, group, 'layer_names') ?? [];
    const known = new Set(names);
    const parts = model.layers
      .map(({ name, model: nested }) => ({
        name,
        owners: owners.filter(({ path }) => (nested ? path.startsWith(`${name}/`) : path === name)),
      }))
      .filter((part) => part.owners.length > 0);
    if (parts.every(({ name }) => known.has(name))) {
      return new Map(parts.flatMap((part) => distributed(groupWeights(file, prefix, part.name), part.owners)));
    }
    const groups = names.map((name) => groupWeights(file, prefix, name)).filter((weights) => weights.length > 0);
    if (groups.length !== parts.length) return new Map();
    return new Map(parts.flatMap((part, i) => distributed(groups[i] ?? [], part.owners)));
  };
}

function distributed(weights: readonly StoredWeight[], owners: readonly WeightOwner[]): [string, readonly StoredWeight[]][] {
  const [only, ...others] = owners;
  if (only && others.length === 0) return [[only.path, weights]];
  return [...weightsByName(weights)(owners)];
}

function groupWeights(file: Hdf5File, prefix: string, layer: string): StoredWeight[] {
  const names = splitStrings(file, `${prefix}${layer}`, 'weight_names') ?? [];
  return names.map((name) => namedWeight(file, `${prefix}${layer}/${name}`, name));
}

/** The strings of `name`, or of `name0`, `name1`, … together. */
function splitStrings(file: Hdf5File, path: string, name: string): string[] | undefined {
  const whole = file.strings(path, name);
  if (whole) return whole;
  const parts: string[][] = [];
  while (parts.length < MOST_PARTS) {
    const part = file.strings(path, `${name}${parts.length}`);
    if (!part) break;
    parts.push(part);
  }
  return parts.length === 0 ? undefined : parts.flat();
}
