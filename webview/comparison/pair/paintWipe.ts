import { penOf } from '../../draw/pen.ts';
import { type MapPicture, paintOver } from './paintPair.ts';

/** The first picture left of the line, the second right of it. `share`: where the line stands, 0..1. */
export function paintWipe(context: CanvasRenderingContext2D, first: MapPicture, second: MapPicture, share: number): void {
  const { width, height } = context.canvas;
  paintOver(context, second);
  const line = Math.round(share * width);
  if (line > 0) {
    const own = Object.assign(document.createElement('canvas'), { width, height });
    paintOver(penOf(own), first);
    context.drawImage(own, 0, 0, line, height, 0, 0, line, height);
  }
  // To be seen on any colours.
  for (const [colour, from, wide] of [
    ['#000', line - 3, 6],
    ['#fff', line - 1, 2],
  ] as const) {
    context.fillStyle = colour;
    context.fillRect(from, 0, wide, height);
  }
}
