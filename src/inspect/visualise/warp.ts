import type { Random } from '../../shared/random.ts';

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
const grey = 0.5;

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
  /** Of each pixel of the view the four pixels of the canvas around it and their weights; 0 and 0 outside. */
  readonly #taps: Int32Array;
  readonly #weights: Float32Array;
  /** Share of each pixel of the view that lies outside. */
  readonly #outside: Float32Array;

  constructor(canvas: Size, view: Size) {
    this.#canvas = canvas;
    this.#view = view;
    this.#outside = new Float32Array(view.height * view.width);
    this.#taps = new Int32Array(4 * this.#outside.length);
    this.#weights = new Float32Array(this.#taps.length);
  }

  /** The view from now on. */
  place({ a, b, x0, c, d, y0 }: Affine): this {
    const { height, width } = this.#view;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i++) this.#point(i, a * x + b * y + x0, c * x + d * y + y0);
    }
    return this;
  }

  /** Pixel number i of the view shows the canvas at (u, v). */
  #point(i: number, u: number, v: number): void {
    const { height, width } = this.#canvas;
    const left = Math.floor(u);
    const top = Math.floor(v);
    const right = u - left;
    const down = v - top;
    const west = left >= 0 && left < width ? 1 - right : 0;
    const east = left >= -1 && left < width - 1 ? right : 0;
    const north = top >= 0 && top < height ? 1 - down : 0;
    const south = top >= -1 && top < height - 1 ? down : 0;
    const at = top * width + left;
    const tap = 4 * i;
    this.#tap(tap, at, west * north);
    this.#tap(tap + 1, at + 1, east * north);
    this.#tap(tap + 2, at + width, west * south);
    this.#tap(tap + 3, at + width + 1, east * south);
    this.#outside[i] = 1 - (west + east) * (north + south);
  }

  #tap(tap: number, cell: number, weight: number): void {
    this.#taps[tap] = weight === 0 ? 0 : cell;
    this.#weights[tap] = weight;
  }

  /** Writes the view of the canvas, grey outside. */
  show(canvas: Float32Array, into: Float32Array): void {
    const plane = this.#canvas.height * this.#canvas.width;
    const cells = this.#outside.length;
    const taps = this.#taps;
    const weights = this.#weights;
    for (let from = 0, to = 0; to < into.length; from += plane, to += cells) {
      for (let i = 0, at = 0; i < cells; i++, at += 4) {
        into[to + i] =
          weights[at]! * canvas[from + taps[at]!]! +
          weights[at + 1]! * canvas[from + taps[at + 1]!]! +
          weights[at + 2]! * canvas[from + taps[at + 2]!]! +
          weights[at + 3]! * canvas[from + taps[at + 3]!]! +
          this.#outside[i]! * grey;
      }
    }
  }

  /** Adds to the canvas what a gradient at the view hands back: the adjoint of `show`'s linear part. */
  handBack(gradient: Float32Array, canvas: Float32Array): void {
    const plane = this.#canvas.height * this.#canvas.width;
    const cells = this.#outside.length;
    const taps = this.#taps;
    const weights = this.#weights;
    for (let to = 0, from = 0; from < gradient.length; to += plane, from += cells) {
      for (let at = 0; at < taps.length; at++) {
        const cell = to + taps[at]!;
        canvas[cell] = canvas[cell]! + weights[at]! * gradient[from + (at >> 2)]!;
      }
    }
  }
}

/** A number of −size … size. */
export function within(random: Random, size: number): number {
  return (2 * random.uniform() - 1) * size;
}
