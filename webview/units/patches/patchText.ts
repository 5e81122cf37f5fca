import type { Rect } from '../../../src/shared/protocol.ts';
import type { Patch } from '../../../src/shared/unitsProtocol.ts';
import { number } from '../../draw/format.ts';

/** What the pixels of a patch are a picture of. */
export const shownAs: Readonly<Record<Patch['shownAs'], string>> = {
  field: 'receptive field',
  effective: 'effective field: the box with 95 % of the gradient',
  typical: 'around the cell, as large as this layer’s effective fields usually are',
};

/** `63 × 63 px at (12, 40)`, in pixels of the network's input. */
export function boxText({ x, y, width, height }: Rect): string {
  return `${Math.round(width)} × ${Math.round(height)} px at (${Math.round(x)}, ${Math.round(y)})`;
}

export function cellText([row, column]: Patch['at']): string {
  return `row ${row}, column ${column}`;
}

/** Image, value, position and how it is shown: a line each. */
export function patchTitle(patch: Patch): string {
  return [
    patch.image.name,
    `value ${number(patch.value)} at ${cellText(patch.at)}`,
    `${shownAs[patch.shownAs]}, ${boxText(patch.shown)} of the input`,
  ].join('\n');
}
