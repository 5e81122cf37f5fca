import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { ExplanationMap } from '../../../src/shared/protocol.ts';
import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';

/** An image of a contact sheet, with what is known of it: the sheet outlives the rows it was made from. */
export interface SheetImage {
  path: string;
  name: string;
  /** Names; undefined: none. */
  label: string | undefined;
  predicted: string | undefined;
  /** Index of the label among the model's classes, and of the prediction; undefined: the model has no such class. */
  labelClass: number | undefined;
  predictedClass: number | undefined;
  confidence: number;
  correct: boolean | undefined;
}

/** What came of an image. */
export type Tile = { map: ExplanationMap; picture: RgbPixels } | { error: ErrorRecord };

/** Pictures with a heatmap over each. */
export interface Sheet {
  title: string;
  images: readonly SheetImage[];
  /** Images beyond the bound, that are left out. */
  leftOut: number;
  /** By path, as far as they are there. */
  tiles: ReadonlyMap<string, Tile>;
  running: boolean;
}
