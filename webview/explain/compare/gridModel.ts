import { fit, type Size } from '../../draw/geometry.ts';
import type { PageState } from '../state.ts';
import type { Section } from './cells.ts';
import type { Side } from './compareState.ts';
import { type Comparison, comparison } from './comparison.ts';
import { type Content, contentOf } from './content.ts';
import { type SharedScale, scalesOf } from './scales.ts';

/** Everything the grid draws, worked out once per change: pointing at it changes nothing of this. */
export interface GridModel {
  comparison: Comparison;
  contents: ReadonlyMap<string, Content>;
  scales: ReadonlyMap<string, SharedScale>;
}

let last: { inputs: readonly unknown[]; made: GridModel } | undefined;

export function gridModel(state: PageState): GridModel {
  const { outcomes, running, stopped, allowed } = state.compare;
  const now = comparison(state);
  const inputs = [now, outcomes, running, stopped, allowed, state.choices];
  if (last && inputs.every((each, i) => each === last?.inputs[i])) return last.made;
  const contents = new Map(now.cells.map((cell) => [cell.key, contentOf(state, cell)]));
  const made = { comparison: now, contents, scales: scalesOf(state, now, contents) };
  last = { inputs, made };
  return made;
}

/** How far the maps of the grid are; slow ones that nobody let run do not count. */
export interface Tally {
  total: number;
  settled: number;
  failed: number;
}

export function tally({ comparison: { cells }, contents }: GridModel): Tally {
  const states = cells.map(({ key }) => contents.get(key)?.state).filter((each) => each !== 'idle');
  const of = (...wanted: readonly (string | undefined)[]) => states.filter((each) => wanted.includes(each)).length;
  return { total: states.length, settled: of('map', 'flat', 'failed'), failed: of('failed') };
}

/** Picture and its natural size, of one side of the comparison. */
export function pictureOf(state: PageState, side: Side): { element: HTMLImageElement | undefined; size: Size } {
  const other = side === 'own' ? undefined : state.compare.others[side];
  const { width = 1, height = 1 } = other?.prediction?.image ?? state.prediction?.image ?? {};
  const element = side === 'image' ? other?.picture : state.picture?.size && state.picture.element;
  return { element: element || undefined, size: { width, height } };
}

export function coversOf(state: PageState, side: Side) {
  const prediction = side === 'own' ? state.prediction : state.compare.others[side]?.prediction;
  return prediction?.fed.covers;
}

export interface Layout {
  /** False: cells wrap, each with its own heading. */
  matrix: boolean;
  /** Row headings stand at the left. */
  aside: boolean;
  columns: number;
  /** Room for a picture, CSS pixels. */
  box: Size;
}

export const gap = 8;
export const headWidth = 132;
const narrow = 620;
/** Smallest side of a picture in a matrix: with headings at the left, with headings above each row. */
const smallest = { aside: 104, above: 84 };
/** Side of a picture in a wrapped row, where no matrix above gives it. */
const flowing = { wide: 136, narrow: 100 };

/** How a section fits a width: as a matrix where its columns are not too small, else wrapped. */
export function layoutOf(state: PageState, section: Section, width: number, like: number | undefined): Layout {
  const columns = section.columns.length;
  const sideIn = (room: number) => Math.floor((room - gap * (columns - 1)) / Math.max(1, columns));
  const [beside, below] = [sideIn(width - headWidth - gap), sideIn(width)];
  const aside = width >= narrow && beside >= smallest.aside;
  if (section.layout === 'matrix' && (aside || below >= smallest.above)) {
    const box = boxOf(state, Math.min(aside ? beside : below, columns > 3 ? 240 : 420));
    return { matrix: true, aside, columns, box };
  }
  return wrapped(state, width, like);
}

function wrapped(state: PageState, width: number, like: number | undefined): Layout {
  const wanted = like ?? (width >= narrow ? flowing.wide : flowing.narrow);
  const columns = Math.max(1, Math.floor((width + gap) / (wanted + gap)));
  const fair = Math.floor((width - gap * (columns - 1)) / columns);
  return { matrix: false, aside: false, columns, box: boxOf(state, like ?? Math.min(fair, 200)) };
}

/** What stands above the grid takes about so much of the window, CSS pixels. */
const above = 330;

/** As tall as the tallest picture needs, but not taller than what can be seen at once. */
function boxOf(state: PageState, width: number): Size {
  const sides: readonly Side[] = state.compare.others.image ? ['own', 'image'] : ['own'];
  const tall = Math.max(...sides.map((side) => pictureOf(state, side).size).map((size) => size.height / size.width));
  return { width, height: Math.round(Math.min(width * Math.max(0.4, tall), Math.max(240, innerHeight - above))) };
}

export function pictureSize(state: PageState, side: Side, box: Size): Size {
  return fit(pictureOf(state, side).size, box);
}
