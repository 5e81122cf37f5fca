import type { MatrixPlace } from '../../confusion/matrixPlace.ts';
import type { Point } from '../../draw/camera.ts';
import { anyTheme, type MapTheme } from '../../draw/classColours.ts';
import type { AskedDrifts } from './driftOf.ts';

/** Where a picture was chosen: there it is described. */
export type FocusPlace = 'list' | 'cell' | 'map';

/** What is looked at in the whole set; nothing of it is kept. */
export interface WholeState {
  /** The picture that is looked at. */
  focus: { image: string; from: FocusPlace } | undefined;
  /** The point under the pointer, and its place on the map, CSS pixels. */
  hover: { row: number; at: Point } | undefined;
  /** Class whose points and way are brought out on the map. */
  lit: number | undefined;
  /** Place of the matrix that Tab leads to, and the one under the pointer. */
  cursor: MatrixPlace;
  pointed: MatrixPlace | undefined;
  /** Cell whose pictures are listed. */
  cell: { label: number; predicted: number } | undefined;
  /** How many rows of a list are on show: raised by a person. */
  more: Readonly<Record<string, number>>;
  /** Classes whose accuracy is drawn over the run, in the order they were chosen. */
  classes: readonly number[];
  /** Between neighbours that were not evaluated one after the other. */
  drifts: AskedDrifts;
  /** Raised when more small pictures are there. */
  thumbs: number;
  theme: MapTheme;
}

export const noWhole: WholeState = {
  ...{ focus: undefined, hover: undefined, lit: undefined, cell: undefined, pointed: undefined },
  cursor: { row: 0, column: 0 },
  ...{ more: {}, classes: [], drifts: new Map(), thumbs: 0, theme: anyTheme },
};
