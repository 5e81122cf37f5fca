import type { Hdf5File } from '../../formats/hdf5/file.ts';
import { classOf } from '../keras/layers/index.ts';
import type { KerasLayer, KerasModel } from '../keras/model.ts';
import type { StoredWeight, WeightFinder } from '../keras/weights.ts';
import { storedWeight } from './stored.ts';

/**
 * Where the layers' groups of a model lie: in `layers` (Keras 3), in `_layer_checkpoint_dependencies` (tf.keras 2.12 to 2.15);
 * on Windows the latter wrote paths as names with backslashes.
 */
const CONTAINERS = ['layers/', '_layer_checkpoint_dependencies/', 'layers\\', '_layer_checkpoint_dependencies\\'];
/** Variables of one layer. */
const MOST_VARIABLES = 64;

/** Whether a file has weights in this layout, `layers/conv2d_1/vars/0`. */
export function hasWeightTree(file: Hdf5File, model?: KerasModel): boolean {
  if (model) return containerOf(file, '', groupNames(model)) !== undefined;
  return CONTAINERS.some((container) => container.endsWith('/') && file.kindOf(`/${container.slice(0, -1)}`) === 'group');
}

/**
 * Weights of Keras 3's `model.weights.h5`. Groups go by class and count, `conv2d`, `conv2d_1`, in each model for itself, in
 * the order of its layers; the names of the layers, which Keras itself does not look at, decide where all are stored.
 */
export function weightsInTree(file: Hdf5File, model: KerasModel): WeightFinder {
  return () => {
    const found = new Map<string, StoredWeight[]>();
    collect(file, model, '', '', found);
    return found;
  };
}

/** @param group of the model with its separator; empty for the outermost */
function collect(file: Hdf5File, model: KerasModel, group: string, path: string, found: Map<string, StoredWeight[]>): void {
  const names = groupNames(model);
  const container = containerOf(file, group, names);
  if (container === undefined) return;
  const separator = container.slice(-1);
  for (const [name, layers] of names) {
    const groups = assigned(file, `${group}${container}${name}`, layers);
    for (const layer of layers) {
      const at = groups.get(layer);
      if (at === undefined) continue;
      if (layer.model) collect(file, layer.model, `${at}${separator}`, `${path}${layer.name}/`, found);
      else {
        const inside = classOf(layer)?.parts ?? [];
        found.set(
          `${path}${layer.name}`,
          ['', ...inside.map((part) => separator + part)].flatMap((part) => variables(file, at + part)),
        );
      }
    }
  }
}

/** The layers of each class, by the name of its groups. */
function groupNames(model: KerasModel): Map<string, KerasLayer[]> {
  const names = new Map<string, KerasLayer[]>();
  for (const layer of model.layers) {
    // An operation is among the layers of the config, but not among those that are counted.
    if (layer.origin === 'operation') continue;
    const name = snakeCase(layer.className);
    const same = names.get(name);
    if (same) same.push(layer);
    else names.set(name, [layer]);
  }
  return names;
}

function containerOf(file: Hdf5File, group: string, names: ReadonlyMap<string, unknown>): string | undefined {
  return CONTAINERS.find((container) => [...names.keys()].some((name) => file.kindOf(`/${group}${container}${name}`) === 'group'));
}

/** The group of each layer of a class. tf.keras 2 counts layers with weights twice, so that every other group is missing. */
function assigned(file: Hdf5File, name: string, layers: readonly KerasLayer[]): Map<KerasLayer, string> {
  const numbered = Array.from({ length: 2 * layers.length }, (_, i) => (i === 0 ? name : `${name}_${i}`));
  const groups = numbered.map((group) => (file.kindOf(`/${group}`) === 'group' ? group : undefined));
  const present = groups.filter((group) => group !== undefined);
  const byName = new Map(present.map((group) => [file.string(`/${group}/vars`, 'name'), group]));
  if (layers.every((layer) => byName.has(layer.name))) return new Map(layers.map((layer) => [layer, byName.get(layer.name) as string]));
  const twice = groups.slice(layers.length).some((group) => group !== undefined);
  const inOrder = twice && present.length === layers.length ? present : groups;
  return new Map(layers.flatMap((layer, i) => (inOrder[i] === undefined ? [] : [[layer, inOrder[i]] as const])));
}

function variables(file: Hdf5File, group: string): StoredWeight[] {
  const weights: StoredWeight[] = [];
  while (weights.length < MOST_VARIABLES) {
    const name = `${group}/vars/${weights.length}`;
    // Asking for a dataset that is not there makes libhdf5 complain at length.
    const weight = file.kindOf(`/${name}`) === 'dataset' ? storedWeight(file, `/${name}`, name) : undefined;
    if (!weight) break;
    weights.push(weight);
  }
  return weights;
}

/** `SeparableConv2D` → `separable_conv2d`, as keras/src/utils/naming.py does it. */
function snakeCase(className: string): string {
  return className
    .replace(/\W+/g, '')
    .replace(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}
