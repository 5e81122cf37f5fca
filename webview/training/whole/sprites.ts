import { css, type MapTheme } from '../../draw/classColours.ts';
import { pointPath } from '../../draw/pointShapes.ts';
import type { Mark } from './mapMarks.ts';

/** Points drawn once, to be stamped: one of a look costs no more than a copy. */
export class Sprites {
  readonly #canvas: OffscreenCanvas;
  /** Device pixels of a stamp. */
  readonly #side: number;
  readonly #density: number;

  /** `radius`: CSS pixels; `density`: device pixels per CSS pixel. Of each group one plain and one ringed. */
  constructor(groups: readonly Mark[], radius: number, density: number, theme: MapTheme) {
    const ring = Math.max(1, 0.3 * radius);
    this.#density = density;
    this.#side = Math.ceil(2 * (1.35 * radius + ring + 1) * density);
    this.#canvas = new OffscreenCanvas(Math.max(1, this.#side * groups.length), 2 * this.#side);
    const pen = this.#canvas.getContext('2d');
    if (!pen) return;
    groups.forEach(({ shape, colour }, i) => {
      const path = new Path2D(pointPath(shape, radius));
      for (const ringed of [false, true]) {
        pen.setTransform(density, 0, 0, density, (i + 0.5) * this.#side, (Number(ringed) + 0.5) * this.#side);
        pen.lineJoin = 'round';
        // A hair of paper keeps neighbours apart.
        pen.strokeStyle = css(ringed ? theme.ink : theme.paper);
        pen.lineWidth = ringed ? 2 * ring : 0.8;
        pen.stroke(path);
        pen.fillStyle = css(colour);
        pen.fill(path);
      }
    });
  }

  stamp(pen: CanvasRenderingContext2D, group: number, ringed: boolean, x: number, y: number): void {
    const side = this.#side;
    const size = side / this.#density;
    pen.drawImage(this.#canvas, group * side, Number(ringed) * side, side, side, x - size / 2, y - size / 2, size, size);
  }
}
