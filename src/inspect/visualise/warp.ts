import type { Random } from '../../explain/random.ts';

/** Pixel (x, y) of a view shows the canvas at (a·x + b·y + x0, c·x + d·y + y0), both between pixel centres. */
export interface Affine {
  a: number;
  b: number;
  x0: number;
  c: number;
  d: number;
  y0: number;
}

interface Size {
  height: number;
  width: number;
}

/** What a view shows where the canvas ends. */
export const outside = 0.5;

/** The middle of the canvas at its own scale, moved by (right, down) view pixels, enlarged, turned by radians. */
export function placed(canvas: Size, view: Size, { right, down, enlarged, turned }: Placing): Affine {
  const [cos, sin] = [Math.cos(turned) / enlarged, Math.sin(turned) / enlarged];
  const [cx, cy] = [(view.width - 1) / 2 + right, (view.height - 1) / 2 + down];
  return {
    a: cos,
    b: -sin,
    x0: (canvas.width - 1) / 2 - cos * cx + sin * cy,
    c: sin,
    d: cos,
    y0: (canvas.height - 1) / 2 - sin * cx - cos * cy,
  };
}

interface Placing {
  right: number;
  down: number;
  enlarged: number;
  turned: number;
}

/** A view of the canvas by bilinear interpolation, and its adjoint. Planes are [channels,height,width]. */
export class Warp {
  readonly #canvas: Size;
  readonly #view: Size;
  /** Of each pixel of the view the four pixels of the canvas around it and their weights; −1 and 0 outside. */
  readonly #taps: Int32Array;
  readonly #weights: Float32Array;

  constructor(canvas: Size, view: Size) {
    this.#canvas = canvas;
    this.#view = view;
    this.#taps = new Int32Array(4 * view.height * view.width);
    this.#weights = new Float32Array(this.#taps.length);
  }

  /** The view from now on. */
  place({ a, b, x0, c, d, y0 }: Affine): this {
    const { height, width } = this.#view;
    let at = 0;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++, at += 4) this.#tap(at, a * x + b * y + x0, c * x + d * y + y0);
    }
    return this;
  }

  #tap(at: number, u: number, v: number): void {
    const { height, width } = this.#canvas;
    const [left, top] = [Math.floor(u), Math.floor(v)];
    const [dx, dy] = [u - left, v - top];
    for (let i = 0; i < 4; i++) {
      const [x, y] = [left + (i & 1), top + (i >> 1)];
      const inside = x >= 0 && x < width && y >= 0 && y < height;
      this.#taps[at + i] = inside ? y * width + x : -1;
      this.#weights[at + i] = inside ? (i & 1 ? dx : 1 - dx) * (i >> 1 ? dy : 1 - dy) : 0;
    }
  }

  /** Writes the view of the canvas; `empty`: shown outside. */
  show(canvas: Float32Array, into: Float32Array, empty: number = outside): void {
    const [plane, cells] = [this.#canvas.height * this.#canvas.width, this.#view.height * this.#view.width];
    const [taps, weights] = [this.#taps, this.#weights];
    for (let from = 0, to = 0; to < into.length; from += plane, to += cells) {
      for (let i = 0, at = 0; i < cells; i++, at += 4) {
        let [sum, inside] = [0, 0];
        for (let tap = at; tap < at + 4; tap++) {
          const cell = taps[tap]!;
          if (cell < 0) continue;
          sum += weights[tap]! * canvas[from + cell]!;
          inside += weights[tap]!;
        }
        into[to + i] = sum + (1 - inside) * empty;
      }
    }
  }

  /** Adds to the canvas what a gradient at the view hands back: the adjoint of `show`'s linear part. */
  handBack(gradient: Float32Array, canvas: Float32Array): void {
    const [plane, cells] = [this.#canvas.height * this.#canvas.width, this.#view.height * this.#view.width];
    const [taps, weights] = [this.#taps, this.#weights];
    for (let to = 0, from = 0; from < gradient.length; to += plane, from += cells) {
      for (let i = 0, at = 0; i < cells; i++, at += 4) {
        const g = gradient[from + i]!;
        for (let tap = at; tap < at + 4; tap++) {
          const cell = taps[tap]!;
          if (cell >= 0) canvas[to + cell] = canvas[to + cell]! + weights[tap]! * g;
        }
      }
    }
  }
}

/** A number of −size … size. */
export function within(random: Random, size: number): number {
  return (2 * random.uniform() - 1) * size;
}
