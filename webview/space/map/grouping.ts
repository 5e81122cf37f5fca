import { isCorrect, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { classColour, distinct, type MapTheme, noColour, type Rgb, rampColour, rightColour, wrongColour } from '../../draw/classColours.ts';
import type { Colouring } from './choices.ts';

/** Points of one colour. */
export interface Group {
  /** Names it for as long as the map is coloured so: the class or folder; −1: none; −2: all the small ones together. */
  id: number;
  name: string;
  colour: Rgb;
  count: number;
}

/** How a map is coloured. */
export interface Grouping {
  colouring: Colouring;
  /** As a legend lists them; none for a scale. */
  groups: readonly Group[];
  /** Group.id of each row. */
  ids: Int32Array;
  /** [n,4] RGBA. */
  colours: Uint8Array;
  /** Values at both ends of the scale. */
  scale: readonly [number, number] | undefined;
}

const none = -1;
const others = -2;

let last: { rows: SpaceRows; colouring: Colouring; dark: boolean; grouping: Grouping } | undefined;

/** Colours of all rows; made once for as long as nothing changes. */
export function groupingOf(rows: SpaceRows, colouring: Colouring, theme: MapTheme): Grouping {
  if (last?.rows === rows && last.colouring === colouring && last.dark === theme.dark) return last.grouping;
  const grouping = colouring === 'confidence' ? byConfidence(rows, theme) : byGroup(rows, colouring, theme);
  last = { rows, colouring, dark: theme.dark, grouping };
  return grouping;
}

/** What can be told of these rows at all. */
export function coloursThere(rows: SpaceRows): readonly Colouring[] {
  const predicted = rows.predicted.some((each) => each >= 0);
  const label = rows.labels.some((each) => each >= 0);
  return [
    ...(predicted ? (['predicted'] as const) : []),
    ...(label ? (['label'] as const) : []),
    ...(predicted && label ? (['correct'] as const) : []),
    ...(predicted ? (['confidence'] as const) : []),
    'folder',
  ];
}

function byConfidence(rows: SpaceRows, theme: MapTheme): Grouping {
  // A network that knows nothing is as sure as chance.
  const low = rows.modelClasses > 1 ? 1 / rows.modelClasses : 0;
  const colours = new Uint8Array(4 * rows.count);
  const table = Array.from({ length: 256 }, (_, i) => rampColour(i / 255, theme));
  const grey = noColour(theme);
  for (let row = 0; row < rows.count; row++) {
    const value = rows.confidence[row] as number;
    const share = Math.min(1, Math.max(0, (value - low) / (1 - low)));
    set(colours, row, Number.isNaN(value) ? grey : (table[Math.round(255 * share)] as Rgb));
  }
  return { colouring: 'confidence', groups: [], ids: new Int32Array(rows.count), colours, scale: [low, 1] };
}

function byGroup(rows: SpaceRows, colouring: Exclude<Colouring, 'confidence'>, theme: MapTheme): Grouping {
  const raw = idsOf(rows, colouring);
  const names = colouring === 'folder' ? rows.folders : colouring === 'correct' ? ['right', 'wrong'] : rows.classes;
  const tally = tallyOf(raw, names.length);
  const chosen = colouredOnes(rows, colouring, tally);
  const place = new Map(chosen.map((id, at) => [id, at]));
  const colourOf = (id: number): Rgb => {
    if (colouring === 'correct') return id === 0 ? rightColour(theme) : id === 1 ? wrongColour(theme) : noColour(theme);
    const at = place.get(id);
    return at === undefined ? noColour(theme) : classColour(at, theme);
  };
  const groups: Group[] = chosen
    .filter((id) => (tally[id] as number) > 0)
    .map((id) => ({ id, name: names[id] === '' ? '(top folder)' : (names[id] ?? ''), colour: colourOf(id), count: tally[id] as number }));
  const ids = raw.map((id) => (id < 0 ? none : place.has(id) ? id : others));
  const rest = tally.reduce((kinds, count, id) => kinds + (count > 0 && !place.has(id) ? 1 : 0), 0);
  const counted = (id: number) => ids.reduce((sum, each) => sum + (each === id ? 1 : 0), 0);
  if (rest > 0) groups.push({ id: others, name: `${rest} smaller ${kindOf(colouring)}`, colour: noColour(theme), count: counted(others) });
  const bare = counted(none);
  if (bare > 0) groups.push({ id: none, name: nameOfNone(colouring), colour: noColour(theme), count: bare });
  const colours = new Uint8Array(4 * rows.count);
  const byId = new Map(groups.map(({ id, colour }) => [id, colour]));
  for (let row = 0; row < rows.count; row++) set(colours, row, byId.get(ids[row] as number) ?? noColour(theme));
  return { colouring, groups, ids, colours, scale: undefined };
}

function idsOf(rows: SpaceRows, colouring: Exclude<Colouring, 'confidence'>): Int32Array {
  switch (colouring) {
    case 'label':
      return rows.labels;
    case 'predicted':
      return rows.predicted;
    case 'folder':
      return rows.folder;
    case 'correct':
      return Int32Array.from({ length: rows.count }, (_, row) => {
        const correct = isCorrect(rows, row);
        return correct === undefined ? none : correct ? 0 : 1;
      });
  }
}

/** Ids with a colour of their own, the largest where there are too many. A class has the same colour as label and as prediction. */
function colouredOnes(rows: SpaceRows, colouring: Colouring, tally: Int32Array): number[] {
  const all = Array.from(tally.keys());
  if (all.length <= distinct) return all;
  const ofClasses = colouring === 'label' || colouring === 'predicted';
  const asPredicted = ofClasses ? tallyOf(rows.predicted, all.length) : tally;
  const size = ofClasses ? tallyOf(rows.labels, all.length).map((count, id) => count + (asPredicted[id] as number)) : tally;
  return all
    .sort((a, b) => (size[b] as number) - (size[a] as number) || a - b)
    .slice(0, distinct)
    .sort((a, b) => a - b);
}

function tallyOf(ids: Int32Array, length: number): Int32Array {
  const tally = new Int32Array(length);
  for (const id of ids) if (id >= 0) tally[id] = (tally[id] as number) + 1;
  return tally;
}

function kindOf(colouring: Colouring): string {
  return colouring === 'folder' ? 'folders' : 'classes';
}

function nameOfNone(colouring: Colouring): string {
  if (colouring === 'label') return 'no label';
  return colouring === 'correct' ? 'not known' : 'no prediction';
}

function set(colours: Uint8Array, row: number, [r, g, b]: Rgb): void {
  colours[4 * row] = r;
  colours[4 * row + 1] = g;
  colours[4 * row + 2] = b;
  colours[4 * row + 3] = 255;
}
