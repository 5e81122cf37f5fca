import type { Transform } from '../../draw/camera.ts';
import { css } from '../../draw/classColours.ts';
import type { Size } from '../../draw/geometry.ts';
import { others } from './mapMarks.ts';
import type { MapScene } from './mapSurface.ts';
import { drawWay } from './paintWay.ts';
import type { Sprites } from './sprites.ts';

export interface PointsSight {
  /** [images,2]: where points are at the moment. */
  positions: Float32Array;
  to: Transform;
  size: Size;
  /** Of a point, CSS pixels. */
  radius: number;
  sprites: Sprites;
}

/** Draws the map: what is brought out comes last, wrong points over right ones, then the way over the run and what is pointed at. */
export function drawMap(pen: CanvasRenderingContext2D, scene: MapScene, sight: PointsSight): void {
  const { marks, focus, hover, way, index, theme } = scene;
  const { radius, sprites, to } = sight;
  drawSteps(pen, scene, sight);
  drawPoints(pen, scene, sight);
  if (way) drawWay(pen, way, index, to, theme);
  for (const row of [hover, focus]) {
    const [x, y] = row === undefined ? [Number.NaN, Number.NaN] : placed(sight.positions, row, to);
    if (row === undefined || Number.isNaN(x)) continue;
    sprites.stamp(pen, marks.of[row] as number, marks.wrong[row] === 1, x, y);
    pen.beginPath();
    pen.arc(x, y, radius + 4.5, 0, 2 * Math.PI);
    pen.lineWidth = row === focus ? 2 : 1.2;
    pen.strokeStyle = css(row === focus ? theme.accent : theme.ink);
    pen.stroke();
  }
}

/** Of a point, CSS pixels: they take up a part of the map, and can be told apart. */
export function pointRadius(count: number, { width, height }: Size, zoom: number): number {
  const even = Math.sqrt((0.045 * width * height) / (Math.PI * Math.max(1, count)));
  return Math.min(6.5, Math.max(2, Math.min(4.2, even)) * Math.max(1, zoom) ** 0.3);
}

function placed(positions: Float32Array, row: number, { scale, left, top }: Transform): readonly [x: number, y: number] {
  return [(positions[2 * row] as number) * scale + left, top - (positions[2 * row + 1] as number) * scale];
}

function drawPoints(pen: CanvasRenderingContext2D, { marks, lit }: MapScene, { positions, to, size, sprites }: PointsSight): void {
  const isQuiet = marks.groups.map(({ id }, i) => (lit === undefined ? id === others.right : i !== lit));
  const pass = (quiet: boolean, wrong: boolean) => {
    pen.globalAlpha = quiet ? (lit === undefined ? 0.45 : 0.2) : 1;
    for (let row = 0; row < marks.of.length; row++) {
      const group = marks.of[row] as number;
      if (isQuiet[group] !== quiet || (marks.wrong[row] === 1) !== wrong) continue;
      const [x, y] = placed(positions, row, to);
      if (x > -9 && y > -9 && x < size.width + 9 && y < size.height + 9) sprites.stamp(pen, group, wrong, x, y);
    }
  };
  pass(true, false);
  pass(true, true);
  pass(false, false);
  pass(false, true);
  pen.globalAlpha = 1;
}

/** The last step of every point of the group that is brought out. */
function drawSteps(pen: CanvasRenderingContext2D, { marks, lit, before }: MapScene, { positions, to }: PointsSight): void {
  if (lit === undefined || !before || before.length !== positions.length) return;
  pen.beginPath();
  for (let row = 0; row < marks.of.length; row++) {
    if (marks.of[row] !== lit) continue;
    pen.moveTo(...placed(before, row, to));
    pen.lineTo(...placed(positions, row, to));
  }
  pen.strokeStyle = css(marks.groups[lit]?.colour ?? [128, 128, 128]);
  pen.globalAlpha = 0.5;
  pen.lineWidth = 1;
  pen.stroke();
  pen.globalAlpha = 1;
}
