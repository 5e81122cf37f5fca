import { Fft, fftLength } from '../fft.ts';

/**
 * Convolves grids with a kernel that is the same in all four quadrants, by Fourier transforms. Numbers are real, so two rows go through one
 * transform, and half of the frequencies are enough; what is padding is transformed neither there nor back.
 */
export class EvenConvolution {
  /** With padding. */
  readonly rows: number;
  readonly columns: number;
  readonly #alongRow: Fft;
  readonly #alongColumn: Fft;
  /** [columns / 2 + 1, rows]: of the kernel, along a column in the order of its transform; over the number of cells. */
  readonly #spectrum: Float64Array;
  /** [columns / 2 + 1, rows of the grid] pairs. */
  #half: Float64Array;
  readonly #row: Float64Array;
  readonly #column: Float64Array;

  /**
   * @param rows of `paddedLength`, as `columns`
   * @param kernel by displacement in nodes: 0 … rows / 2, 0 … columns / 2
   * @param gain factor along each axis, by the angle 0 … π of a frequency
   */
  constructor(rows: number, columns: number, kernel: (down: number, right: number) => number, gain: (angle: number) => number) {
    this.rows = rows;
    this.columns = columns;
    this.#alongRow = new Fft(columns);
    this.#alongColumn = rows === columns ? this.#alongRow : new Fft(rows);
    this.#row = new Float64Array(2 * columns);
    this.#column = new Float64Array(2 * rows);
    this.#half = new Float64Array(0);
    this.#spectrum = this.#spectrumOf(kernel, gain);
  }

  /** @param grid [height,width], height ≤ rows / 2, width ≤ columns / 2: replaced by its convolution */
  apply(grid: Float64Array, height: number, width: number): void {
    const size = 2 * (this.columns / 2 + 1) * height;
    if (this.#half.length < size) this.#half = new Float64Array(size);
    for (let r = 0; r < height; r += 2) this.#transformRows(grid, r, height, width);
    for (let k = 0; k <= this.columns / 2; k++) this.#convolveColumn(k, height);
    for (let r = 0; r < height; r += 2) this.#restoreRows(grid, r, height, width);
  }

  /** Rows r and r + 1 as real and imaginary parts: a + i·b, whose spectra are the even and the odd part of what comes out. */
  #transformRows(grid: Float64Array, r: number, height: number, width: number): void {
    const [line, half, { places }, n] = [this.#row, this.#half, this.#alongRow, this.columns];
    const from = r * width;
    const second = r + 1 < height ? from + width : -1;
    for (let j = 0; j < width; j++) {
      line[2 * j] = grid[from + j]!;
      line[2 * j + 1] = second < 0 ? 0 : grid[second + j]!;
    }
    line.fill(0, 2 * width, n);
    this.#alongRow.forwardHalf(line);
    for (let k = 0; k <= n / 2; k++) {
      const p = 2 * places[k]!;
      const q = 2 * places[k === 0 ? 0 : n - k]!;
      const at = 2 * (k * height + r);
      half[at] = (line[p]! + line[q]!) / 2;
      half[at + 1] = (line[p + 1]! - line[q + 1]!) / 2;
      if (second < 0) continue;
      half[at + 2] = (line[p + 1]! + line[q + 1]!) / 2;
      half[at + 3] = (line[q]! - line[p]!) / 2;
    }
  }

  #convolveColumn(k: number, height: number): void {
    const [line, half, spectrum, n] = [this.#column, this.#half, this.#spectrum, this.rows];
    const from = 2 * k * height;
    for (let i = 0; i < 2 * height; i++) line[i] = half[from + i]!;
    line.fill(0, 2 * height, n);
    this.#alongColumn.forwardHalf(line);
    for (let i = 0, s = k * n; i < n; i++, s++) {
      line[2 * i] = line[2 * i]! * spectrum[s]!;
      line[2 * i + 1] = line[2 * i + 1]! * spectrum[s]!;
    }
    this.#alongColumn.backwardHalf(line);
    for (let i = 0; i < 2 * height; i++) half[from + i] = line[i]!;
  }

  #restoreRows(grid: Float64Array, r: number, height: number, width: number): void {
    const [line, half, { places }, n] = [this.#row, this.#half, this.#alongRow, this.columns];
    const second = r + 1 < height;
    for (let k = 0; k <= n / 2; k++) {
      const p = 2 * places[k]!;
      const q = 2 * places[k === 0 ? 0 : n - k]!;
      const at = 2 * (k * height + r);
      const ar = half[at]!;
      const ai = half[at + 1]!;
      const br = second ? half[at + 2]! : 0;
      const bi = second ? half[at + 3]! : 0;
      line[q] = ar + bi;
      line[q + 1] = br - ai;
      line[p] = ar - bi;
      line[p + 1] = ai + br;
    }
    this.#alongRow.backwardHalf(line);
    const to = r * width;
    for (let j = 0; j < width; j++) grid[to + j] = line[2 * j]!;
    if (second) for (let j = 0; j < width; j++) grid[to + width + j] = line[2 * j + 1]!;
  }

  /** What is real and even has a real spectrum: two rows or columns go through one transform and need not be told apart. */
  #spectrumOf(kernel: (down: number, right: number) => number, gain: (angle: number) => number): Float64Array {
    const { rows, columns } = this;
    const [halfRows, halfColumns] = [rows / 2, columns / 2];
    const across = new Float64Array((halfColumns + 1) * (halfRows + 1));
    for (let r = 0; r <= halfRows; r += 2) {
      const next = Math.min(r + 1, halfRows);
      for (let j = 0; j < columns; j++) {
        const right = Math.min(j, columns - j);
        this.#row[2 * j] = kernel(r, right);
        this.#row[2 * j + 1] = kernel(next, right);
      }
      this.#alongRow.forward(this.#row);
      for (let k = 0; k <= halfColumns; k++) {
        const p = 2 * this.#alongRow.places[k]!;
        across[k * (halfRows + 1) + r] = this.#row[p]!;
        across[k * (halfRows + 1) + next] = this.#row[next === r ? p : p + 1]!;
      }
    }
    const gains = this.#gains(gain);
    const spectrum = new Float64Array((halfColumns + 1) * rows);
    for (let k = 0; k <= halfColumns; k += 2) {
      const next = Math.min(k + 1, halfColumns);
      for (let i = 0; i < rows; i++) {
        const down = Math.min(i, rows - i);
        this.#column[2 * i] = across[k * (halfRows + 1) + down]!;
        this.#column[2 * i + 1] = across[next * (halfRows + 1) + down]!;
      }
      this.#alongColumn.forward(this.#column);
      const [one, other] = [k, next].map((c) => gain((2 * Math.PI * c) / columns) / (rows * columns)) as [number, number];
      for (let i = 0; i < rows; i++) {
        spectrum[k * rows + i] = this.#column[2 * i]! * gains[i]! * one;
        if (next > k) spectrum[next * rows + i] = this.#column[2 * i + 1]! * gains[i]! * other;
      }
    }
    return spectrum;
  }

  /** [rows], in the order of a column's transform. */
  #gains(gain: (angle: number) => number): Float64Array {
    const gains = new Float64Array(this.rows);
    for (let k = 0; k < this.rows; k++) gains[this.#alongColumn.places[k]!] = gain((2 * Math.PI * Math.min(k, this.rows - k)) / this.rows);
    return gains;
  }
}

/** Length with padding of an axis of `nodes`, so that what wraps around stays `margin` nodes away from where it would be seen. */
export function paddedLength(nodes: number, margin: number): number {
  return fftLength(2 * (nodes + margin));
}
