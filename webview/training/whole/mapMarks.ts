import { isCorrect } from '../../../src/shared/spaceProtocol.ts';
import type { WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { classColour, distinct, type MapTheme, noColour, type Rgb, rightColour, wrongColour } from '../../draw/classColours.ts';
import type { WholeColour } from './choices.ts';

/** How points of one group look. */
export interface Mark {
  /** The class; −1: none; −2: all those without a colour of their own; −3, −4: right, wrong. */
  id: number;
  name: string;
  colour: Rgb;
  shape: number;
  count: number;
}

export interface Marks {
  /** As the legend lists them. */
  groups: readonly Mark[];
  /** [images]: index into `groups`. */
  of: Uint8Array;
  /** [images]: 1: the network says something else than the label. */
  wrong: Uint8Array;
}

export const others = { none: -1, rest: -2, right: -3, wrong: -4 } as const;

let last: { whole: WholeSet; colour: WholeColour; dark: boolean; marks: Marks } | undefined;

export function marksOf(whole: WholeSet, colour: WholeColour, theme: MapTheme): Marks {
  if (last?.whole === whole && last.colour === colour && last.dark === theme.dark) return last.marks;
  const marks = colour === 'wrong' ? byRight(whole, theme) : byClass(whole, colour, theme);
  last = { whole, colour, dark: theme.dark, marks };
  return marks;
}

function byRight(whole: WholeSet, theme: MapTheme): Marks {
  const groups = [
    { id: others.right, name: 'right', colour: rightColour(theme), shape: 0, count: 0 },
    { id: others.wrong, name: 'wrong', colour: wrongColour(theme), shape: 6, count: 0 },
    { id: others.none, name: 'neither', colour: noColour(theme), shape: 0, count: 0 },
  ];
  const of = Uint8Array.from({ length: whole.images.length }, (_, row) => {
    const right = isCorrect(whole, row);
    return right === undefined ? 2 : right ? 0 : 1;
  });
  return { ...counted(groups, of), wrong: new Uint8Array(of.length) };
}

function byClass(whole: WholeSet, colour: 'label' | 'predicted', theme: MapTheme): Marks {
  const values = colour === 'label' ? whole.labels : whole.predicted;
  const place = colouredClasses(whole);
  const groups: Mark[] = [...place].map(([id, at]) => ({
    id,
    name: whole.classes[id] ?? '',
    colour: classColour(at, theme),
    // With twenty colours and seven shapes no two classes look the same.
    shape: at,
    count: 0,
  }));
  const [rest, none] = [groups.length, groups.length + 1];
  groups.push({ id: others.rest, name: 'smaller classes', colour: noColour(theme), shape: 0, count: 0 });
  groups.push({
    id: others.none,
    name: colour === 'label' ? 'no label' : 'no prediction',
    colour: noColour(theme),
    shape: 0,
    count: 0,
  });
  const of = Uint8Array.from(values, (id) => (id < 0 ? none : (place.get(id) ?? rest)));
  const wrong = Uint8Array.from(values, (_, row) => Number(isCorrect(whole, row) === false));
  return { ...counted(groups, of), wrong };
}

/** Tells how many are of each group; those without any are left out of the legend. */
function counted(groups: readonly Mark[], of: Uint8Array): Pick<Marks, 'groups' | 'of'> {
  const counts = new Uint32Array(groups.length);
  for (const each of of) counts[each] = (counts[each] as number) + 1;
  return { groups: groups.map((group, i) => ({ ...group, count: counts[i] as number })), of };
}

const places = new WeakMap<readonly string[], { labels: Int32Array; of: ReadonlyMap<number, number> }>();

/**
 * Classes with a look of their own and its number: all, or those that most images are labelled with. The same at every checkpoint: labels
 * are.
 */
function colouredClasses({ classes, labels }: WholeSet): ReadonlyMap<number, number> {
  const found = places.get(classes);
  if (found?.labels === labels) return found.of;
  const counts = new Uint32Array(classes.length);
  for (const label of labels) if (label >= 0) counts[label] = (counts[label] as number) + 1;
  const all = Array.from(counts.keys());
  const chosen =
    all.length <= distinct
      ? all
      : all
          .sort((a, b) => (counts[b] as number) - (counts[a] as number) || a - b)
          .slice(0, distinct)
          .sort((a, b) => a - b);
  const of = new Map(chosen.map((id, at) => [id, at]));
  places.set(classes, { labels, of });
  return of;
}
