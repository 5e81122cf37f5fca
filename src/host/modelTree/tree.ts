import type { ModelOutline, OutlineLayer } from '../../shared/protocol.ts';

/** A model as a tree, nested as its layers' names are: paths with slashes. */
export interface ModelNode {
  type: 'model';
  id: string;
  /** Path of the model file. */
  model: string;
  outline: ModelOutline;
  children: readonly TreeNode[];
}

export interface GroupNode {
  type: 'group';
  id: string;
  label: string;
  /** Whole path, as it stands before the names of its layers. */
  path: string;
  parent: ModelNode | GroupNode;
  children: readonly TreeNode[];
  /** All layers in it, at any depth. */
  layers: readonly OutlineLayer[];
}

/** As an argument of commands it names the layer. */
export interface LayerNode {
  type: 'layer';
  id: string;
  label: string;
  /** Path of the model file. */
  model: string;
  layer: string;
  info: OutlineLayer;
  parent: ModelNode | GroupNode;
}

export type TreeNode = GroupNode | LayerNode;

/** Deeper than anyone nests; names come from files of others. What is left of a name stays together. */
const deepest = 24;
/** TensorFlow's name for "the model": around all of it, or in place of its last layer. */
const wrapper = /^StatefulPartitionedCall(_\d+)?(:\d+)?$/;

interface Folder {
  path: string;
  label: string;
  entries: Map<string, Folder | OutlineLayer>;
  layers: OutlineLayer[];
}

/** Ids stay the same as long as the model has the same layers, so that an editor keeps what is unfolded and selected. */
export function buildTree(outline: ModelOutline): ModelNode {
  const names = outline.layers.map(({ name }) => partsOf(name));
  const prefix = sharedPrefix(names);
  const root = newFolder(prefix.join('/'), '');
  outline.layers.forEach((layer, i) => {
    let folder = root;
    const parts = names[i] as string[];
    // The one that is called as the model has nothing to leave out.
    for (let at = Math.min(prefix.length, parts.length - 1); at < parts.length - 1; at++) {
      folder = subfolder(folder, parts[at] as string);
      folder.layers.push(layer);
    }
    folder.entries.set(`layer ${layer.name}`, layer);
  });
  const { path } = outline.model;
  const model: ModelNode = { type: 'model', id: `model ${path}`, model: path, outline, children: [] };
  model.children = nodesOf(root, model, path);
  return model;
}

/** Layers of a tree in order, whatever is unfolded. */
export function* layerNodes(node: ModelNode | TreeNode): Generator<LayerNode> {
  if (node.type === 'layer') yield node;
  else for (const child of node.children) yield* layerNodes(child);
}

function partsOf(name: string): string[] {
  const parts = name.split('/').filter((part) => part !== '');
  while (parts.length > 1 && wrapper.test(parts[0] as string)) parts.shift();
  if (parts.length === 0) return [name];
  return parts.length <= deepest ? parts : [...parts.slice(0, deepest - 1), parts.slice(deepest - 1).join('/')];
}

/** The leading parts that all names share; the last part of a name is its own. */
function sharedPrefix(names: readonly (readonly string[])[]): readonly string[] {
  const [first = [], ...others] = names.filter((parts) => !wrapper.test(parts.join('/')));
  let shared = first.length - 1;
  for (const parts of others) {
    const differs = parts.findIndex((part, at) => part !== first[at]);
    shared = Math.min(shared, parts.length - 1, differs < 0 ? parts.length : differs);
  }
  return first.slice(0, Math.max(shared, 0));
}

function newFolder(path: string, label: string): Folder {
  return { path, label, entries: new Map(), layers: [] };
}

function subfolder({ path, entries }: Folder, label: string): Folder {
  const found = entries.get(`group ${label}`);
  if (found && 'entries' in found) return found;
  const made = newFolder(path === '' ? label : `${path}/${label}`, label);
  entries.set(`group ${label}`, made);
  return made;
}

function nodesOf(folder: Folder, parent: ModelNode | GroupNode, model: string): TreeNode[] {
  return [...folder.entries.values()].map((entry): TreeNode => {
    if (!('entries' in entry)) return leaf(entry, [], parent, model);
    const chain = [entry.label];
    let inner = entry;
    for (;;) {
      const [only, ...more] = inner.entries.values();
      if (!only || more.length > 0) break;
      if (!('entries' in only)) return leaf(only, chain, parent, model);
      inner = only;
      chain.push(inner.label);
    }
    const { path, layers } = inner;
    const group: GroupNode = { type: 'group', id: `group ${model} ${path}`, label: chain.join('/'), path, parent, children: [], layers };
    group.children = nodesOf(inner, group, model);
    return group;
  });
}

/** `chain`: groups that hold this layer alone. PyTorch's `conv1/Conv` is its conv1: the kind is said anyway. */
function leaf(info: OutlineLayer, chain: readonly string[], parent: LayerNode['parent'], model: string): LayerNode {
  const last = partsOf(info.name).at(-1) as string;
  const own = chain.length > 0 && last.replace(/_\d+$/, '').toLowerCase() === info.kind.toLowerCase() ? [] : [last];
  const label = [...chain, ...own].join('/');
  return { type: 'layer', id: `layer ${model} ${info.name}`, label, model, layer: info.name, info, parent };
}
