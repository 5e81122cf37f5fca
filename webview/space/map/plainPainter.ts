import { css, type Rgb } from '../../draw/classColours.ts';
import { dimmed, faint, selected, wrong } from '../../draw/pointState.ts';
import { type Painter, type Points, ringOf, type Sight } from './painter.ts';

/** Without WebGL: slower, and the points are squares. */
export class PlainPainter implements Painter {
  readonly canvas: HTMLCanvasElement;
  readonly #pen: CanvasRenderingContext2D | null;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    this.#pen = canvas.getContext('2d');
  }

  draw(points: Points | undefined, { transform, width, height, radius, density, theme }: Sight): void {
    const pen = this.#pen;
    if (!pen) return;
    pen.setTransform(density, 0, 0, density, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (!points) return;
    const { positions, colours, look } = points;
    const { scale, left, top } = transform;
    const ring = ringOf(radius);
    const names = new Map<number, string>();
    const nameOf = (row: number) => {
      const rgb = [colours[4 * row], colours[4 * row + 1], colours[4 * row + 2]] as unknown as Rgb;
      const key = rgb[0] * 65536 + rgb[1] * 256 + rgb[2];
      const known = names.get(key) ?? css(rgb);
      names.set(key, known);
      return known;
    };
    for (const row of look.order) {
      const x = (positions[2 * row] as number) * scale + left;
      const y = top - (positions[2 * row + 1] as number) * scale;
      if (!(x > -9 && y > -9 && x < width + 9 && y < height + 9)) continue;
      const state = look.states[row] as number;
      pen.globalAlpha = state & faint ? 0.13 : state & dimmed ? 0.3 : 1;
      const half = state & selected ? 1.25 * radius : radius;
      if (state & wrong && !(state & faint)) square(pen, x, y, half + ring, css(theme.ink));
      square(pen, x, y, half, nameOf(row));
    }
    pen.globalAlpha = 1;
  }
}

function square(pen: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string): void {
  pen.fillStyle = colour;
  pen.fillRect(x - radius, y - radius, 2 * radius, 2 * radius);
}
