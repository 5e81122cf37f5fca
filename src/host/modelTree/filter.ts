import { shapeText } from '../../shared/layerText.ts';
import type { OutlineLayer } from '../../shared/protocol.ts';
import type { GroupNode, ModelNode, TreeNode } from './tree.ts';

interface Word {
  text: string;
  /** What it looks at; undefined: any of them. */
  field: 'name' | 'kind' | 'shape' | undefined;
}

/** Words of which a layer has to have every one. */
export interface Filter {
  /** As typed. */
  text: string;
  words: readonly Word[];
}

/** `conv 56x56`, `block1 kind:relu`; undefined: nothing is asked for. */
export function parseFilter(text: string): Filter | undefined {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .map((word): Word => {
      const [, field, rest] = /^(name|kind|shape):(.*)$/.exec(word) ?? [];
      // People type x or * where the shape has ×.
      const plain = (rest ?? word).replace(/(?<=\d)[x*](?=\d|$)/g, '×');
      return { text: plain, field: field as Word['field'] };
    })
    .filter((word) => word.text !== '');
  return words.length === 0 ? undefined : { text: text.trim(), words };
}

export function matches({ name, kind, shape }: Pick<OutlineLayer, 'name' | 'kind' | 'shape'>, { words }: Filter): boolean {
  const fields = { name: name.toLowerCase(), kind: kind.toLowerCase(), shape: shapeText(shape) };
  // An x between digits may also be part of a name: expanded_conv_1x1.
  const holds = (field: keyof typeof fields, text: string) => fields[field].includes(field === 'shape' ? text : text.replaceAll('×', 'x'));
  return words.every(({ text, field }) =>
    field ? holds(field, text) : holds('name', text) || holds('kind', text) || holds('shape', text),
  );
}

/** The tree of the layers that match, with what they stand in; ids of its own, so that an editor unfolds it anew. */
export function filterTree(tree: ModelNode, filter: Filter): { tree: ModelNode; found: number } {
  const root: ModelNode = { ...tree, id: `${tree.id}?${filter.text}` };
  const found = new Set(tree.outline.layers.filter((layer) => matches(layer, filter)));
  root.children = kept(tree.children, root, { text: filter.text, layers: found });
  return { tree: root, found: found.size };
}

interface Found {
  text: string;
  layers: ReadonlySet<OutlineLayer>;
}

function kept(children: readonly TreeNode[], parent: ModelNode | GroupNode, found: Found): TreeNode[] {
  return children.flatMap((child): TreeNode[] => {
    const copy: TreeNode = { ...child, id: `${child.id}?${found.text}`, parent };
    if (copy.type === 'layer') return found.layers.has(copy.info) ? [copy] : [];
    copy.children = kept(copy.children, copy, found);
    copy.layers = copy.layers.filter((layer) => found.layers.has(layer));
    return copy.children.length > 0 ? [copy] : [];
  });
}

/** Where the words stand in a label, [from, to), in order and apart. */
export function highlights(label: string, { words }: Filter): [number, number][] {
  const lower = label.toLowerCase();
  // A letter whose lower case is longer would shift all behind it.
  if (lower.length !== label.length) return [];
  const hit = new Uint8Array(label.length);
  for (const { text, field } of words) {
    if (field === 'kind' || field === 'shape') continue;
    const typed = text.replaceAll('×', 'x');
    for (let at = lower.indexOf(typed); at >= 0; at = lower.indexOf(typed, at + 1)) hit.fill(1, at, at + typed.length);
  }
  const ranges: [number, number][] = [];
  for (let at = 0; at < hit.length; at++) {
    if (!hit[at]) continue;
    const last = ranges.at(-1);
    if (last?.[1] === at) last[1] = at + 1;
    else ranges.push([at, at + 1]);
  }
  return ranges;
}
