import type { Rect } from '../../../src/shared/protocol.ts';
import type { Patch } from '../../../src/shared/unitsProtocol.ts';

/** [rows, columns]. */
type Extent = readonly [number, number];

/**
 * Where the pixels of a patch lie in its square tile, as shares of the tile's side. What is shown fills the tile along its longer side. Only
 * a receptive field that the border of the image has cut is as large as its part of the whole `field`, and lies where the rest would
 * complete it; of one that is larger than the image there is no whole to be seen.
 */
export function tileBox({ shown, shownAs }: Pick<Patch, 'shown' | 'shownAs'>, field: Extent | undefined, input: Extent): Rect {
  const within = shownAs === 'field' && field && field[0] < input[0] && field[1] < input[1];
  const [rows, columns] = within ? field : [0, 0];
  const whole = { width: Math.max(shown.width, columns), height: Math.max(shown.height, rows) };
  const side = Math.max(whole.width, whole.height);
  return {
    x: start(shown.x, shown.width, whole.width, side, input[1]) / side,
    y: start(shown.y, shown.height, whole.height, side, input[0]) / side,
    width: shown.width / side,
    height: shown.height / side,
  };
}

/** Along one axis, in pixels of the input: where the part begins in a tile of this `side` that has the whole in its middle. */
function start(from: number, size: number, whole: number, side: number, input: number): number {
  const before = (side - whole) / 2;
  const cutBefore = from <= 0;
  const cutAfter = from + size >= input;
  if (cutBefore === cutAfter) return before + (whole - size) / 2;
  return cutBefore ? before + whole - size : before;
}
