import type { OtherSubject } from '../../../src/shared/protocol.ts';

/** What is compared: a grid, one method at every layer, or two of something side by side. */
export type Kind = 'methods' | 'depth' | 'classes' | 'images' | 'models';

/** Who shares a colour scale; never maps of different units. */
export type Sharing = 'map' | 'row' | 'all';

/** What the person set in the comparison; kept with the other choices. No data. */
export interface CompareChoices {
  open?: boolean;
  kind?: Kind;
  /** By kind, the methods of the rows: `id:variant`. */
  methods?: Readonly<Partial<Record<Kind, readonly string[]>>>;
  /** Columns of the grid: spread over the depth, or the ends of blocks. */
  layers?: 'spread' | 'blocks';
  /** Columns where they are spread. */
  count?: number;
  sharing?: Readonly<Partial<Record<Kind, Sharing>>>;
  /** The second class. */
  against?: number;
  difference?: 'contrastive' | 'plain';
  /** Two images, two models: each explains its own prediction, or both the same class. */
  explained?: 'own' | 'same';
  /** True: the maps alone, without the picture under them. */
  bare?: boolean;
  image?: OtherSubject;
  model?: OtherSubject;
}

export const kinds: readonly { id: Kind; label: string; about: string }[] = [
  { id: 'methods', label: 'Methods × layers', about: 'Several methods at several layers, from one run.' },
  { id: 'depth', label: 'Through the depth', about: 'One method at every layer, from the input to the logits.' },
  { id: 'classes', label: 'Two classes', about: 'Two classes of this image, and their signed difference.' },
  { id: 'images', label: 'Two images', about: 'The same model on another image.' },
  { id: 'models', label: 'Two models', about: 'Another model, or another checkpoint, on this image.' },
];

/** Maps of one class at one layer may be held against each other; across layers the numbers hardly compare. */
const usualSharing: Record<Kind, Sharing> = { methods: 'map', depth: 'map', classes: 'row', images: 'row', models: 'row' };

export function kindOf(choices: CompareChoices): Kind {
  return choices.kind ?? 'methods';
}

export function sharingOf(choices: CompareChoices): Sharing {
  const kind = kindOf(choices);
  return choices.sharing?.[kind] ?? usualSharing[kind];
}

/** Kept choices may be of another version of this page: anything unexpected is left out. */
export function restoreCompare(kept: Readonly<Record<string, unknown>>): CompareChoices {
  const out: CompareChoices = {};
  if (typeof kept.open === 'boolean') out.open = kept.open;
  if (typeof kept.bare === 'boolean') out.bare = kept.bare;
  if (kinds.some(({ id }) => id === kept.kind)) out.kind = kept.kind as Kind;
  if (kept.layers === 'spread' || kept.layers === 'blocks') out.layers = kept.layers;
  if (kept.difference === 'contrastive' || kept.difference === 'plain') out.difference = kept.difference;
  if (kept.explained === 'own' || kept.explained === 'same') out.explained = kept.explained;
  for (const name of ['count', 'against'] as const) {
    const value = kept[name];
    if (typeof value === 'number' && value >= 0) out[name] = value;
  }
  if (isRecord(kept.methods)) out.methods = byKind(kept.methods, isTexts);
  if (isRecord(kept.sharing)) out.sharing = byKind(kept.sharing, isSharing);
  if (isOther(kept.image)) out.image = kept.image;
  if (isOther(kept.model)) out.model = kept.model;
  return out;
}

function byKind<T>(kept: Readonly<Record<string, unknown>>, fits: (value: unknown) => value is T): Partial<Record<Kind, T>> {
  const out: Partial<Record<Kind, T>> = {};
  for (const { id } of kinds) {
    const value = kept[id];
    if (fits(value)) out[id] = value;
  }
  return out;
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string');
}

function isSharing(value: unknown): value is Sharing {
  return value === 'map' || value === 'row' || value === 'all';
}

function isOther(value: unknown): value is OtherSubject {
  return isRecord(value) && ['id', 'imageName', 'modelName'].every((name) => typeof value[name] === 'string');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
