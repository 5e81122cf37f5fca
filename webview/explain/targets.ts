import type { MethodInfo, Prediction, Rect } from '../../src/shared/protocol.ts';
import { clip } from '../draw/geometry.ts';
import type { PageState, Point } from './state.ts';

/** The class subtracted from the explained one; undefined: none. */
export function currentAgainst(state: PageState, explained: number | undefined): number | undefined {
  const { prediction, choices } = state;
  const { against } = choices;
  if (!prediction || against === undefined || against >= prediction.model.classes || against === explained) return undefined;
  return against;
}

/** Predicted and true class, where they are known and differ. */
export function mistake({ prediction }: PageState): { predicted: number; truth: number } | undefined {
  const predicted = prediction?.top[0]?.index;
  const truth = prediction?.truth?.index;
  return predicted === undefined || truth === undefined || predicted === truth ? undefined : { predicted, truth };
}

/** Why a method has no difference of two classes; undefined: it has. */
export function noDifference({ label, targets }: MethodInfo): string | undefined {
  if (targets === 'none') return `${label} draws the same map for every class.`;
  if (targets === 'class') return `${label} holds one class against all others by itself: the difference does not apply.`;
  return undefined;
}

/** The chosen part of a dense output, in its cells; undefined: all of it. */
export function currentRegion({ prediction, choices }: PageState): Rect | undefined {
  const dense = prediction?.model.dense;
  return dense && choices.region && clip(choices.region, dense);
}

/** The cells of a dense output that a rectangle of image pixels touches; undefined: none. */
export function cellsUnder({ model, fed }: Prediction, rect: Rect): Rect | undefined {
  const { dense } = model;
  if (!dense) return undefined;
  const { covers } = fed;
  const column = (x: number) => ((x - covers.x) / covers.width) * dense.width;
  const row = (y: number) => ((y - covers.y) / covers.height) * dense.height;
  const x = Math.floor(column(rect.x));
  const y = Math.floor(row(rect.y));
  const cells = { x, y, width: Math.ceil(column(rect.x + rect.width)) - x, height: Math.ceil(row(rect.y + rect.height)) - y };
  return clip(cells, dense);
}

/** The rectangle of image pixels between two corners, both in it; the second one may still be moving. */
export function spanned({ from, to }: NonNullable<PageState['marking']>, moving: Point | undefined): Rect | undefined {
  const end = to ?? moving;
  if (!from || !end) return undefined;
  const x = Math.min(from.x, end.x);
  const y = Math.min(from.y, end.y);
  return { x, y, width: Math.abs(from.x - end.x) + 1, height: Math.abs(from.y - end.y) + 1 };
}

/** Where cells of a dense output lie on the image, in its pixels. */
export function pixelsOf({ model, fed }: Prediction, cells: Rect): Rect | undefined {
  const { dense } = model;
  if (!dense) return undefined;
  const { covers } = fed;
  const width = covers.width / dense.width;
  const height = covers.height / dense.height;
  return { x: covers.x + cells.x * width, y: covers.y + cells.y * height, width: cells.width * width, height: cells.height * height };
}
