import type { Transform } from '../../draw/camera.ts';
import type { MapTheme } from '../../draw/classColours.ts';
import type { Look } from './look.ts';

/** Points to draw. Arrays that are the same objects as before are not looked at again. */
export interface Points {
  /** [n,2], the layout's units. */
  positions: Float32Array;
  /** [n,4] RGBA. */
  colours: Uint8Array;
  look: Look;
}

export interface Sight {
  transform: Transform;
  width: number;
  height: number;
  /** Of a point, CSS pixels. */
  radius: number;
  /** Device pixels per CSS pixel. */
  density: number;
  theme: MapTheme;
}

/** Draws points onto a canvas of its own, only when it is told to. */
export interface Painter {
  readonly canvas: HTMLCanvasElement;
  draw(points: Points | undefined, sight: Sight): void;
}

const [smallest, largest] = [1.4, 6.5];

/** Points take up a twentieth of the picture, and grow a little as one comes nearer. */
export function radiusOf(count: number, { width, height }: { width: number; height: number }, zoom: number): number {
  const even = Math.sqrt((0.05 * width * height) / (Math.PI * Math.max(1, count)));
  return Math.min(largest, Math.max(smallest, Math.min(5, even)) * Math.max(1, zoom) ** 0.3);
}

/** Width of the ring of a wrong point, CSS pixels. */
export function ringOf(radius: number): number {
  return Math.min(1.6, Math.max(0.5, 0.6 * (radius - 0.6)));
}
