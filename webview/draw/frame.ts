import type { Rect } from '../../src/shared/protocol.ts';
import { clip, leavesOut, type Size } from './geometry.ts';

/** Where the network saw only a part of the image: darkens the rest and frames the part. */
export function paintFrame(context: CanvasRenderingContext2D, covers: Rect, image: Size): void {
  const seen = clip(covers, image);
  if (!seen || !leavesOut(covers, image)) return;
  const { width, height } = context.canvas;
  const sx = width / image.width;
  const sy = height / image.height;
  const box = [seen.x * sx, seen.y * sy, seen.width * sx, seen.height * sy] as const;
  context.save();
  context.beginPath();
  context.rect(0, 0, width, height);
  context.rect(...box);
  context.fillStyle = 'rgba(0, 0, 0, 0.5)';
  context.fill('evenodd');
  context.lineWidth = Math.max(1, Math.round(devicePixelRatio));
  for (const [color, offset] of [
    ['#000', 0],
    ['#fff', 5],
  ] as const) {
    context.strokeStyle = color;
    context.setLineDash([5, 5]);
    context.lineDashOffset = offset;
    context.strokeRect(...box);
  }
  context.restore();
}
