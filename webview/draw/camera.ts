import type { Size } from './geometry.ts';

/** Where the points are: middle and half sides, in the layout's own units. */
export interface Bounds {
  x: number;
  y: number;
  halfWidth: number;
  halfHeight: number;
}

/**
 * What of the map is on screen, told relative to where the points are: it stays true while a layout grows by orders of magnitude and
 * when the window changes. `zoom` 1: all points fit. `x`, `y`: the middle of the screen, in longer half sides of the bounds from theirs.
 */
export interface Camera {
  zoom: number;
  x: number;
  y: number;
}

/** The layout's units to CSS pixels: x·scale + left, top − y·scale. */
export interface Transform {
  scale: number;
  left: number;
  top: number;
}

export interface Point {
  x: number;
  y: number;
}

export const whole: Camera = { zoom: 1, x: 0, y: 0 };

/** Room around the points, CSS pixels. */
const margin = 22;
const [least, most] = [0.5, 5_000];

/** Of [n,2]; points that are no numbers are left out. */
export function boundsOf(positions: Float32Array): Bounds {
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i + 1 < positions.length; i += 2) {
    const x = positions[i] as number;
    const y = positions[i + 1] as number;
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    if (x < left) left = x;
    if (x > right) right = x;
    if (y < bottom) bottom = y;
    if (y > top) top = y;
  }
  if (left > right) return { x: 0, y: 0, halfWidth: 1, halfHeight: 1 };
  // One point, or all at one place.
  const tiny = Math.max(Math.abs(left), Math.abs(top), 1e-30) * 1e-6;
  const flat = right - left < tiny && top - bottom < tiny;
  return {
    x: (left + right) / 2,
    y: (bottom + top) / 2,
    halfWidth: flat ? 1 : (right - left) / 2,
    halfHeight: flat ? 1 : (top - bottom) / 2,
  };
}

/** On the way from one to another: `share` of it. Sizes go evenly in their logarithm. */
export function between(from: Bounds, to: Bounds, share: number): Bounds {
  const size = (a: number, b: number) => (a > 0 && b > 0 ? a * (b / a) ** share : b);
  return {
    x: from.x + (to.x - from.x) * share,
    y: from.y + (to.y - from.y) * share,
    halfWidth: size(from.halfWidth, to.halfWidth),
    halfHeight: size(from.halfHeight, to.halfHeight),
  };
}

export function transformOf({ zoom, x, y }: Camera, bounds: Bounds, size: Size): Transform {
  const scale = zoom * fitScale(bounds, size);
  const unit = longer(bounds);
  return {
    scale,
    left: size.width / 2 - (bounds.x + x * unit) * scale,
    top: size.height / 2 + (bounds.y + y * unit) * scale,
  };
}

/** What is under `at` stays there. */
export function zoomed(camera: Camera, bounds: Bounds, size: Size, factor: number, at: Point): Camera {
  const zoom = Math.min(most, Math.max(least, camera.zoom * factor));
  const unit = longer(bounds) * fitScale(bounds, size);
  const change = (1 / camera.zoom - 1 / zoom) / unit;
  return within({ zoom, x: camera.x + (at.x - size.width / 2) * change, y: camera.y - (at.y - size.height / 2) * change });
}

/** The map moves by so many CSS pixels. */
export function panned(camera: Camera, bounds: Bounds, size: Size, dx: number, dy: number): Camera {
  const unit = camera.zoom * longer(bounds) * fitScale(bounds, size);
  return within({ zoom: camera.zoom, x: camera.x - dx / unit, y: camera.y + dy / unit });
}

/** The points are never lost out of sight. */
function within({ zoom, x, y }: Camera): Camera {
  return { zoom, x: Math.min(1, Math.max(-1, x)), y: Math.min(1, Math.max(-1, y)) };
}

function longer({ halfWidth, halfHeight }: Bounds): number {
  return Math.max(halfWidth, halfHeight) || 1;
}

/** CSS pixels per unit at which all points fit. */
function fitScale({ halfWidth, halfHeight }: Bounds, { width, height }: Size): number {
  const room = (side: number) => Math.max(side / 4, side / 2 - margin);
  return Math.min(room(width) / (halfWidth || 1e-30), room(height) / (halfHeight || 1e-30));
}
