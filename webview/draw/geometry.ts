import type { Rect } from '../../src/shared/protocol.ts';

export interface Size {
  width: number;
  height: number;
}

/** Largest size of the aspect of `image` inside `box`, in the units of `box`. */
export function fit(image: Size, box: Size): Size {
  const factor = Math.min(box.width / image.width, box.height / image.height);
  return { width: Math.max(1, Math.floor(image.width * factor)), height: Math.max(1, Math.floor(image.height * factor)) };
}

/** The part of `rect` inside the image; undefined when nothing of it is. */
export function clip(rect: Rect, image: Size): Rect | undefined {
  const x = Math.max(0, rect.x);
  const y = Math.max(0, rect.y);
  const right = Math.min(image.width, rect.x + rect.width);
  const bottom = Math.min(image.height, rect.y + rect.height);
  return right > x && bottom > y ? { x, y, width: right - x, height: bottom - y } : undefined;
}

/** Whether the network saw less than the whole image (it was cropped); half a pixel is rounding. */
export function leavesOut(covers: Rect, image: Size): boolean {
  return covers.x > 0.5 || covers.y > 0.5 || covers.x + covers.width < image.width - 0.5 || covers.y + covers.height < image.height - 0.5;
}

export interface Cell {
  row: number;
  column: number;
}

/** The map cell over the middle of image pixel (x, y); undefined where the map does not reach. */
export function cellAt(map: Size, covers: Rect, x: number, y: number): Cell | undefined {
  const column = Math.floor(((x + 0.5 - covers.x) / covers.width) * map.width);
  const row = Math.floor(((y + 0.5 - covers.y) / covers.height) * map.height);
  return row >= 0 && row < map.height && column >= 0 && column < map.width ? { row, column } : undefined;
}
