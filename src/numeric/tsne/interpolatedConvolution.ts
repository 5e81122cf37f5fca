import { type Fft, fftLength } from '../fft.ts';
import { entry, FourTransforms } from '../fourTransforms.ts';

/** Rows that go through a transform together: four times two. */
const together = 8;

/**
 * Convolves grids with a kernel that is the same in all four quadrants, by Fourier transforms in single precision. Numbers are real, so two
 * rows go through one transform, and half of the frequencies are enough; what is padding is transformed neither there nor back.
 */
export class EvenConvolution {
  /** With padding. */
  readonly rows: number;
  readonly columns: number;
  readonly #alongRow: FourTransforms;
  /** With the spectrum of the kernel, [columns / 8 + 1, rows, 4], over the number of cells, and the grid's half spectrum behind it. */
  readonly #alongColumn: FourTransforms;
  /** Where the half spectrum begins: [columns / 8 + 1, rows of the grid in eights] entries. */
  readonly #half: number;
  readonly #fours: number;

  /**
   * @param rows of `paddedLength`, as `columns`
   * @param kernel by displacement in nodes: 0 … rows / 2, 0 … columns / 2
   * @param gain factor along each axis, by the angle 0 … π of a frequency
   */
  constructor(rows: number, columns: number, kernel: Kernel, gain: (angle: number) => number) {
    this.rows = rows;
    this.columns = columns;
    this.#fours = Math.floor(columns / 8) + 1;
    this.#half = 4 * this.#fours * rows;
    this.#alongRow = new FourTransforms(columns);
    this.#alongColumn = new FourTransforms(rows, this.#half + entry * this.#fours * eights(rows / 2));
    this.#setSpectrum(kernel, gain);
  }

  /** @param grid [height,width], height ≤ rows / 2, width ≤ columns / 2: replaced by its convolution */
  apply(grid: Float64Array, height: number, width: number): void {
    for (let r = 0; r < height; r += together) this.#transformRows(grid, r, height, width);
    for (let four = 0; four < this.#fours; four++) this.#convolveColumns(four, eights(height));
    for (let r = 0; r < height; r += together) this.#restoreRows(grid, r, height, width);
  }

  /** Rows r and r + 1 as real and imaginary parts: a + i·b, whose spectra are the even and the odd part of what comes out. */
  #transformRows(grid: Float64Array, r: number, height: number, width: number): void {
    const { line, fft } = this.#alongRow;
    const { own } = this.#alongColumn;
    const [places, n, tall] = [fft.places, this.columns, eights(height)];
    line.fill(0, 0, (entry * n) / 2);
    for (let i = 0; i < together && r + i < height; i++) {
      const from = (r + i) * width;
      for (let j = 0, to = laneOf(i); j < width; j++, to += entry) line[to] = grid[from + j]!;
    }
    this.#alongRow.forwardHalf();
    for (let k = 0; k <= n / 2; k++) {
      let p = entry * places[k]!;
      let q = entry * places[k === 0 ? 0 : n - k]!;
      let to = this.#half + entry * ((k >> 2) * tall + r) + (k & 3);
      for (let lane = 0; lane < 4; lane++, p++, q++, to += 2 * entry) {
        own[to] = (line[p]! + line[q]!) / 2;
        own[to + 4] = (line[p + 4]! - line[q + 4]!) / 2;
        own[to + entry] = (line[p + 4]! + line[q + 4]!) / 2;
        own[to + entry + 4] = (line[q]! - line[p]!) / 2;
      }
    }
  }

  #convolveColumns(four: number, tall: number): void {
    const { line, own } = this.#alongColumn;
    const from = this.#half + entry * four * tall;
    const half = (entry * this.rows) / 2;
    const filled = Math.min(entry * tall, half);
    line.set(own.subarray(from, from + filled));
    line.fill(0, filled, half);
    this.#alongColumn.convolve(4 * four * this.rows);
    own.set(line.subarray(0, filled), from);
  }

  #restoreRows(grid: Float64Array, r: number, height: number, width: number): void {
    const { line, fft } = this.#alongRow;
    const { own } = this.#alongColumn;
    const [places, n, tall] = [fft.places, this.columns, eights(height)];
    for (let k = 0; k <= n / 2; k++) {
      let p = entry * places[k]!;
      let q = entry * places[k === 0 ? 0 : n - k]!;
      let from = this.#half + entry * ((k >> 2) * tall + r) + (k & 3);
      for (let lane = 0; lane < 4; lane++, p++, q++, from += 2 * entry) {
        const ar = own[from]!;
        const ai = own[from + 4]!;
        const br = own[from + entry]!;
        const bi = own[from + entry + 4]!;
        line[q] = ar + bi;
        line[q + 4] = br - ai;
        line[p] = ar - bi;
        line[p + 4] = ai + br;
      }
    }
    this.#alongRow.backwardHalf();
    for (let i = 0; i < together && r + i < height; i++) {
      const to = (r + i) * width;
      for (let j = 0, at = laneOf(i); j < width; j++, at += entry) grid[to + j] = line[at]!;
    }
  }

  /** What is real and even has a real spectrum: two rows or columns go through one transform and need not be told apart. */
  #setSpectrum(kernel: Kernel, gain: (angle: number) => number): void {
    const { rows, columns } = this;
    const across = this.#acrossRows(kernel);
    const { fft, own } = this.#alongColumn;
    const gains = gainsOf(fft, gain);
    const tall = rows / 2 + 1;
    const line = new Float64Array(2 * rows);
    for (let k = 0; k <= columns / 2; k += 2) {
      const next = Math.min(k + 1, columns / 2);
      for (let i = 0; i < rows; i++) {
        const down = Math.min(i, rows - i);
        line[2 * i] = across[k * tall + down]!;
        line[2 * i + 1] = across[next * tall + down]!;
      }
      fft.forward(line);
      for (const [column, part] of [
        [k, 0],
        [next, 1],
      ] as const) {
        if (part === 1 && next === k) continue;
        const factor = gain((2 * Math.PI * column) / columns) / (rows * columns);
        const to = 4 * (column >> 2) * rows + (column & 3);
        for (let i = 0; i < rows; i++) own[to + 4 * i] = line[2 * i + part]! * gains[i]! * factor;
      }
    }
  }

  /** [columns / 2 + 1, rows / 2 + 1]: spectra of the kernel's rows. */
  #acrossRows(kernel: Kernel): Float64Array {
    const { rows, columns } = this;
    const { fft } = this.#alongRow;
    const tall = rows / 2 + 1;
    const across = new Float64Array((columns / 2 + 1) * tall);
    const line = new Float64Array(2 * columns);
    for (let r = 0; r < tall; r += 2) {
      const next = Math.min(r + 1, tall - 1);
      for (let j = 0; j < columns; j++) {
        const right = Math.min(j, columns - j);
        line[2 * j] = kernel(r, right);
        line[2 * j + 1] = kernel(next, right);
      }
      fft.forward(line);
      for (let k = 0; k <= columns / 2; k++) {
        const p = 2 * fft.places[k]!;
        across[k * tall + next] = line[p + 1]!;
        across[k * tall + r] = line[p]!;
      }
    }
    return across;
  }
}

/** By displacement, downwards and to the right. */
type Kernel = (down: number, right: number) => number;

/** Of eight rows: real parts of the lanes are even ones. */
function laneOf(row: number): number {
  return (row >> 1) + 4 * (row & 1);
}

function eights(rows: number): number {
  return Math.ceil(rows / together) * together;
}

/** [length], in the order of the transform. */
function gainsOf({ length, places }: Fft, gain: (angle: number) => number): Float64Array {
  const gains = new Float64Array(length);
  for (let k = 0; k < length; k++) gains[places[k]!] = gain((2 * Math.PI * Math.min(k, length - k)) / length);
  return gains;
}

/** Length with padding of an axis of `nodes`, so that what wraps around stays `margin` nodes away from where it would be seen. */
export function paddedLength(nodes: number, margin: number): number {
  return fftLength(2 * (nodes + margin));
}
