import type { Sheet } from './sheetState.ts';

/** Images that something chose: a lasso, a cell of the matrix, a list. */
export interface SelectionState {
  /** Rows of `state.rows`, in the order they were given; empty: nothing is selected, there is no panel. */
  rows: readonly number[];
  /** What they are: `square seen as star`. */
  title: string;
  /** Raised whenever other images are shown. */
  shown: number;
  /** Rows among them that the person picked: actions are about these. Empty: about all. */
  picked: ReadonlySet<number>;
  /** Place in the list that Tab leads to, and from which Shift picks. */
  cursor: number;
  /** Room for the list and how far it is scrolled, CSS pixels. 0: not known yet. */
  width: number;
  top: number;
  /** The contact sheet; undefined: closed. */
  sheet: Sheet | undefined;
}

export const noSelection: SelectionState = {
  rows: [],
  title: '',
  shown: 0,
  picked: new Set(),
  cursor: 0,
  width: 0,
  top: 0,
  sheet: undefined,
};
