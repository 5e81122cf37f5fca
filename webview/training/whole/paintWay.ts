import type { Transform } from '../../draw/camera.ts';
import { css, type MapTheme } from '../../draw/classColours.ts';

/** More stops than this are drawn as a line only. */
const most = 60;

/** Draws where something went over the run: full up to the checkpoint on show, dashed after it, a dot at each checkpoint. */
export function drawWay(pen: CanvasRenderingContext2D, way: Float32Array, index: number, to: Transform, theme: MapTheme): void {
  const places: (readonly [x: number, y: number, at: number])[] = [];
  for (let i = 0; 2 * i < way.length; i++) {
    const [x, y] = [(way[2 * i] as number) * to.scale + to.left, to.top - (way[2 * i + 1] as number) * to.scale];
    if (Number.isFinite(x) && Number.isFinite(y)) places.push([x, y, i]);
  }
  const past = places.filter(([, , at]) => at <= index);
  const future = places.filter(([, , at]) => at >= index);
  pen.save();
  pen.lineJoin = 'round';
  // Ink over a broader line of paper stands out on any points.
  for (const [width, colour] of [
    [3.5, theme.paper],
    [1.5, theme.ink],
  ] as const) {
    pen.strokeStyle = css(colour);
    pen.lineWidth = width;
    line(pen, past, []);
    if (colour === theme.ink) pen.globalAlpha = 0.6;
    line(pen, future, colour === theme.ink ? [2, 3] : []);
    pen.globalAlpha = 1;
  }
  if (places.length <= most) {
    pen.fillStyle = css(theme.ink);
    for (const [x, y, at] of places) {
      pen.beginPath();
      pen.arc(x, y, at === 0 ? 2.8 : 1.8, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  pen.restore();
}

function line(pen: CanvasRenderingContext2D, places: readonly (readonly [number, number, number])[], dash: number[]): void {
  pen.setLineDash(dash);
  pen.beginPath();
  places.forEach(([x, y], i) => {
    if (i === 0) pen.moveTo(x, y);
    else pen.lineTo(x, y);
  });
  pen.stroke();
}
