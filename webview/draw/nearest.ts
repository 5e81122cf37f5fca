import type { Point, Transform } from './camera.ts';
import type { Size } from './geometry.ts';
import { faint } from './pointState.ts';

/** What searches go over: [n,2] and what is seen of each point; `faint` ones are not found. */
export interface Places {
  positions: Float32Array;
  states: Uint8Array;
}

/** The point nearest to `at` on screen, at most `within` CSS pixels away. */
export function nearestTo({ positions, states }: Places, to: Transform, at: Point, within: number): number | undefined {
  const x = (at.x - to.left) / to.scale;
  const y = (to.top - at.y) / to.scale;
  let best = (within / to.scale) ** 2;
  let found: number | undefined;
  for (let row = 0; row < states.length; row++) {
    if ((states[row] as number) & faint) continue;
    const distance = ((positions[2 * row] as number) - x) ** 2 + ((positions[2 * row + 1] as number) - y) ** 2;
    if (distance <= best) {
      best = distance;
      found = row;
    }
  }
  return found;
}

const ways: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Where an arrow key leads from a point: to what is near in that direction, rather ahead than aside. Undefined: no arrow, or nothing there. */
export function nextTowards({ positions, states }: Places, from: number, key: string): number | undefined {
  const way = ways[key];
  if (!way) return undefined;
  const [wx, wy] = way;
  const [x, y] = [positions[2 * from] as number, positions[2 * from + 1] as number];
  let best = Number.POSITIVE_INFINITY;
  let found: number | undefined;
  for (let row = 0; row < states.length; row++) {
    if ((states[row] as number) & faint || row === from) continue;
    const dx = (positions[2 * row] as number) - x;
    const dy = (positions[2 * row + 1] as number) - y;
    const ahead = dx * wx + dy * wy;
    const aside = Math.abs(dx * wy - dy * wx);
    // Within 45° of the direction: every point can be reached by some arrow.
    if (ahead <= 0 || aside > ahead) continue;
    const cost = ahead * ahead + 4 * aside * aside;
    if (cost < best) {
      best = cost;
      found = row;
    }
  }
  return found;
}

/** Where a row is on screen, CSS pixels from the left top corner; undefined: it has no place. */
export function placeOnScreen(positions: Float32Array | undefined, row: number, to: Transform | undefined): Point | undefined {
  const [x, y] = [positions?.[2 * row] ?? Number.NaN, positions?.[2 * row + 1] ?? Number.NaN];
  return to && Number.isFinite(x) && Number.isFinite(y) ? { x: x * to.scale + to.left, y: to.top - y * to.scale } : undefined;
}

/** Where an arrow key leads: from the point in focus to its neighbour, from none to the one in the middle. Undefined: no arrow, or nothing there. */
export function stepTo(key: string, places: Places, focus: number | undefined, screen: { to: Transform; size: Size }): number | undefined {
  if (!ways[key]) return undefined;
  if (focus !== undefined) return nextTowards(places, focus, key);
  const middle = { x: screen.size.width / 2, y: screen.size.height / 2 };
  return nearestTo(places, screen.to, middle, Number.POSITIVE_INFINITY);
}

/** Rows whose points lie inside a polygon on screen (even–odd). */
export function insideOf({ positions, states }: Places, to: Transform, polygon: readonly Point[]): number[] {
  const rows: number[] = [];
  const count = polygon.length;
  for (let row = 0; row < states.length; row++) {
    if ((states[row] as number) & faint) continue;
    const x = (positions[2 * row] as number) * to.scale + to.left;
    const y = to.top - (positions[2 * row + 1] as number) * to.scale;
    let inside = false;
    for (let i = 0, j = count - 1; i < count; j = i++) {
      const a = polygon[i] as Point;
      const b = polygon[j] as Point;
      if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
    }
    if (inside) rows.push(row);
  }
  return rows;
}

/** Of each of `others`: how many points lie nearer to `from` than it, itself and `from` left out. */
export function placesOnMap(positions: Float32Array, from: number, others: readonly number[]): number[] {
  const [x, y] = [positions[2 * from] as number, positions[2 * from + 1] as number];
  const distance = (row: number) => ((positions[2 * row] as number) - x) ** 2 + ((positions[2 * row + 1] as number) - y) ** 2;
  const far = others.map(distance);
  const nearer = others.map(() => 0);
  for (let row = 0; 2 * row < positions.length; row++) {
    if (row === from) continue;
    const d = distance(row);
    for (let i = 0; i < far.length; i++) if (d < (far[i] as number)) nearer[i] = (nearer[i] as number) + 1;
  }
  return nearer;
}
