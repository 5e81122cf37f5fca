import type { Point, Transform } from '../../draw/camera.ts';
import { css, type MapTheme, type Rgb } from '../../draw/classColours.ts';
import type { Size } from '../../draw/geometry.ts';
import { dimmed, wrong } from '../../draw/pointState.ts';
import type { Thumb } from '../thumbs.ts';
import type { Points } from './painter.ts';
import { drawPicture, type Placed } from './pictures.ts';

/** A neighbour of the image in focus, by row. */
export interface Tie {
  row: number;
  /** It lies near on the map, too. */
  near: boolean;
}

export interface OverlayOf {
  points: Points;
  focus: number | undefined;
  ties: readonly Tie[];
  hover: number | undefined;
  lasso: readonly Point[];
  pictures: readonly Placed[];
  side: number;
  thumb: (row: number) => Thumb | undefined;
}

/** What lies over the points: pictures, the image in focus and its neighbours, the lasso. */
export function drawOverlay(pen: CanvasRenderingContext2D, of: OverlayOf, to: Transform, radius: number, theme: MapTheme): void {
  const { points, focus, ties, hover, lasso } = of;
  const at = (row: number): Point => ({
    x: (points.positions[2 * row] as number) * to.scale + to.left,
    y: to.top - (points.positions[2 * row + 1] as number) * to.scale,
  });
  if (focus !== undefined) for (const tie of ties) drawTie(pen, at(focus), at(tie.row), tie.near, theme);
  const drawn = drawPictures(pen, of, theme);
  /** A ring around a point, a frame around a picture. */
  const mark = (row: number, least: number, room: number, colour: Rgb, width: number) => {
    if (drawn.has(row)) frame(pen, at(row), of.side / 2 + 3 + room, colour, width, theme.paper);
    else ring(pen, at(row), Math.max(radius, least) + room, colour, width, theme.paper);
  };
  for (const { row } of ties) {
    if (!drawn.has(row)) disc(pen, at(row), Math.max(radius, 3), colourOf(points, row));
    mark(row, 3, 1, theme.ink, 1.5);
  }
  if (hover !== undefined && hover !== focus) mark(hover, 3, 2, theme.ink, 1.5);
  if (focus !== undefined) {
    if (!drawn.has(focus)) disc(pen, at(focus), Math.max(radius, 4), colourOf(points, focus));
    mark(focus, 4, 4, theme.accent, 3);
  }
  if (lasso.length > 1) drawLasso(pen, lasso, theme);
}

export function clear(pen: CanvasRenderingContext2D, { width, height }: Size, density: number): void {
  pen.setTransform(density, 0, 0, density, 0, 0);
  pen.clearRect(0, 0, width, height);
}

function colourOf({ colours }: Points, row: number): Rgb {
  return [colours[4 * row] as number, colours[4 * row + 1] as number, colours[4 * row + 2] as number];
}

/** Returns the rows of those that are there; the others stay points. */
function drawPictures(pen: CanvasRenderingContext2D, { points, pictures, side, thumb }: OverlayOf, theme: MapTheme): ReadonlySet<number> {
  const drawn = new Set<number>();
  for (const picture of pictures) {
    const small = thumb(picture.row);
    if (!small) continue;
    const state = points.look.states[picture.row] as number;
    pen.globalAlpha = state & dimmed ? 0.35 : 1;
    drawPicture(pen, small, picture, side, {
      colour: css(colourOf(points, picture.row)),
      ring: state & wrong ? css(theme.ink) : undefined,
    });
    pen.globalAlpha = 1;
    drawn.add(picture.row);
  }
  return drawn;
}

/** Far ones are dashed. */
function drawTie(pen: CanvasRenderingContext2D, from: Point, to: Point, near: boolean, theme: MapTheme): void {
  for (const [colour, width] of [
    [theme.paper, 3.5],
    [theme.ink, 1.4],
  ] as const) {
    pen.beginPath();
    pen.moveTo(from.x, from.y);
    pen.lineTo(to.x, to.y);
    pen.setLineDash(near ? [] : [5, 4]);
    pen.strokeStyle = css(colour);
    pen.lineWidth = width;
    pen.stroke();
  }
  pen.setLineDash([]);
}

function disc(pen: CanvasRenderingContext2D, { x, y }: Point, radius: number, colour: Rgb): void {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = css(colour);
  pen.fill();
}

function ring(pen: CanvasRenderingContext2D, { x, y }: Point, radius: number, colour: Rgb, width: number, under: Rgb): void {
  for (const [stroke, wide] of [
    [under, width + 2],
    [colour, width],
  ] as const) {
    pen.beginPath();
    pen.arc(x, y, radius, 0, 2 * Math.PI);
    pen.strokeStyle = css(stroke);
    pen.lineWidth = wide;
    pen.stroke();
  }
}

function frame(pen: CanvasRenderingContext2D, { x, y }: Point, half: number, colour: Rgb, width: number, under: Rgb): void {
  for (const [stroke, wide] of [
    [under, width + 2],
    [colour, width],
  ] as const) {
    pen.strokeStyle = css(stroke);
    pen.lineWidth = wide;
    pen.strokeRect(x - half, y - half, 2 * half, 2 * half);
  }
}

function drawLasso(pen: CanvasRenderingContext2D, lasso: readonly Point[], theme: MapTheme): void {
  pen.beginPath();
  for (const { x, y } of lasso) pen.lineTo(x, y);
  pen.closePath();
  pen.fillStyle = css(theme.accent);
  pen.globalAlpha = 0.15;
  pen.fill();
  pen.globalAlpha = 1;
  for (const [colour, width] of [
    [theme.paper, 4],
    [theme.accent, 2],
  ] as const) {
    pen.strokeStyle = css(colour);
    pen.lineWidth = width;
    pen.stroke();
  }
}
