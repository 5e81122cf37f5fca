import { Random } from '../shared/random.ts';

/** Of a symmetric matrix: its largest eigenvalues, descending, and their orthonormal eigenvectors [k,size]. */
export interface Eigen {
  values: Float64Array;
  vectors: Float64Array;
}

/**
 * The k largest eigenvalues of a symmetric matrix [size,size], which is overwritten: made tridiagonal by reflections, halved intervals for
 * the values, inverse iteration for the vectors. Values may coincide.
 * @see Golub, Van Loan, Matrix Computations, 4th edition, sections 8.3.1, 8.4.1 and 8.2.2
 */
export function largestEigen(matrix: Float64Array, size: number, k: number): Eigen {
  const { diagonal, off, factors } = tridiagonal(matrix, size);
  const values = largestValues(diagonal, off, k);
  const vectors = vectorsOf(diagonal, off, values);
  for (let j = 0; j < k; j++) reflectBack(matrix, size, factors, vectors.subarray(j * size, (j + 1) * size));
  return { values, vectors };
}

interface Tridiagonal {
  diagonal: Float64Array;
  /** off[i]: between i and i + 1. */
  off: Float64Array;
  /** [size]: of the reflection I − factor · v vᵀ of each row; v is left in the matrix behind the diagonal. */
  factors: Float64Array;
}

/** Reads and writes the upper half only. */
function tridiagonal(matrix: Float64Array, size: number): Tridiagonal {
  const [diagonal, off, factors] = [new Float64Array(size), new Float64Array(Math.max(0, size - 1)), new Float64Array(size)];
  const image = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    const row = matrix.subarray(i * size, (i + 1) * size);
    diagonal[i] = row[i]!;
    if (i === size - 1) break;
    let length = 0;
    for (let c = i + 1; c < size; c++) length += row[c]! ** 2;
    length = Math.sqrt(length);
    const head = row[i + 1]!;
    if (length === Math.abs(head)) {
      off[i] = head;
      continue;
    }
    off[i] = head > 0 ? -length : length;
    row[i + 1] = head - off[i]!;
    factors[i] = 1 / (length * (length + Math.abs(head)));
    reflectBothSides(matrix, size, i, factors[i]!, image);
  }
  return { diagonal, off, factors };
}

/** The block behind row i is A − v wᵀ − w vᵀ then, where p = f·A v and w = p − f/2 · (pᵀv) v. */
function reflectBothSides(matrix: Float64Array, size: number, i: number, factor: number, image: Float64Array): void {
  const v = matrix.subarray(i * size, (i + 1) * size);
  image.fill(0, i + 1);
  for (let r = i + 1; r < size; r++) {
    const at = r * size;
    const vr = v[r]!;
    let sum = matrix[at + r]! * vr;
    for (let c = r + 1; c < size; c++) {
      const x = matrix[at + c]!;
      sum += x * v[c]!;
      image[c] = image[c]! + x * vr;
    }
    image[r] = image[r]! + sum;
  }
  let inner = 0;
  for (let c = i + 1; c < size; c++) inner += image[c]! * v[c]!;
  const share = (factor * factor * inner) / 2;
  for (let c = i + 1; c < size; c++) image[c] = factor * image[c]! - share * v[c]!;
  for (let r = i + 1; r < size; r++) {
    const at = r * size;
    const [vr, wr] = [v[r]!, image[r]!];
    for (let c = r; c < size; c++) matrix[at + c] = matrix[at + c]! - vr * image[c]! - wr * v[c]!;
  }
}

function reflectBack(matrix: Float64Array, size: number, factors: Float64Array, vector: Float64Array): void {
  for (let i = size - 2; i >= 0; i--) {
    if (factors[i] === 0) continue;
    const at = i * size;
    let inner = 0;
    for (let c = i + 1; c < size; c++) inner += matrix[at + c]! * vector[c]!;
    inner *= factors[i]!;
    for (let c = i + 1; c < size; c++) vector[c] = vector[c]! - inner * matrix[at + c]!;
  }
}

/** By halving intervals: how many values are greater than x is how many pivots of T − xI are positive (Sylvester). */
function largestValues(diagonal: Float64Array, off: Float64Array, k: number): Float64Array {
  const size = diagonal.length;
  const bound = normOf(diagonal, off);
  const squares = off.map((x) => x * x);
  const tiny = Number.MIN_VALUE + bound * Number.EPSILON ** 2;
  const greater = (x: number) => {
    let [count, pivot] = [0, 1];
    for (let i = 0; i < size; i++) {
      pivot = diagonal[i]! - x - (i > 0 ? squares[i - 1]! / pivot : 0);
      if (Math.abs(pivot) < tiny) pivot = -tiny;
      if (pivot > 0) count++;
    }
    return count;
  };
  let top = bound;
  return Float64Array.from({ length: k }, (_, j) => {
    let [low, high] = [-bound, top];
    while (high - low > 2 * Number.EPSILON * Math.max(Math.abs(low), Math.abs(high)) + tiny) {
      const middle = (low + high) / 2;
      if (middle <= low || middle >= high) break;
      if (greater(middle) > j) low = middle;
      else high = middle;
    }
    top = high;
    return (low + high) / 2;
  });
}

/** No eigenvalue is larger (Gershgorin). */
function normOf(diagonal: Float64Array, off: Float64Array): number {
  return diagonal.reduce((most, d, i) => Math.max(most, Math.abs(d) + Math.abs(off[i - 1] ?? 0) + Math.abs(off[i] ?? 0)), 0);
}

/** Inverse iteration; what is near an eigenvector found before is taken out, so equal values get different vectors. */
function vectorsOf(diagonal: Float64Array, off: Float64Array, values: Float64Array): Float64Array {
  const size = diagonal.length;
  const vectors = new Float64Array(values.length * size);
  const random = Random.seeded(size);
  // Not so small that dividing by it overflows.
  const least = Math.max(Number.EPSILON * normOf(diagonal, off), 1e-150);
  for (let j = 0; j < values.length; j++) {
    const vector = vectors.subarray(j * size, (j + 1) * size);
    for (let i = 0; i < size; i++) vector[i] = random.uniform() - 0.5;
    const solve = shiftedSolver(diagonal, off, values[j]!, least);
    for (let turn = 0; turn < 4; turn++) {
      orthonormalise(vectors, size, j);
      solve(vector);
    }
    orthonormalise(vectors, size, j);
    orthonormalise(vectors, size, j);
  }
  return vectors;
}

/** Makes vector j of [k,size] orthogonal to those before it and of length 1; what has no length stays 0. Returns the length it had. */
export function orthonormalise(vectors: Float64Array, size: number, j: number): number {
  const vector = vectors.subarray(j * size, (j + 1) * size);
  scaleToOne(vector);
  for (let other = 0; other < j; other++) {
    const at = other * size;
    let inner = 0;
    for (let i = 0; i < size; i++) inner += vectors[at + i]! * vector[i]!;
    for (let i = 0; i < size; i++) vector[i] = vector[i]! - inner * vectors[at + i]!;
  }
  return scaleToOne(vector);
}

function scaleToOne(vector: Float64Array): number {
  let most = 0;
  for (let i = 0; i < vector.length; i++) most = Math.max(most, Math.abs(vector[i]!));
  if (most === 0) return 0;
  let sum = 0;
  for (let i = 0; i < vector.length; i++) sum += (vector[i]! / most) ** 2;
  const length = most * Math.sqrt(sum);
  for (let i = 0; i < vector.length; i++) vector[i] = vector[i]! / most / Math.sqrt(sum);
  return length;
}

/** Solves (T − value · I) x = b in place, by elimination with row exchanges; pivots are at least `least`. */
function shiftedSolver(diagonal: Float64Array, off: Float64Array, value: number, least: number): (b: Float64Array) => void {
  const size = diagonal.length;
  // Rows of the triangle: its diagonal and the two beside it; below, what was subtracted of a row, and whether it changed places.
  const [d, e, f, below] = [0, 1, 2, 3].map(() => new Float64Array(size)) as [Float64Array, Float64Array, Float64Array, Float64Array];
  const exchanged = new Uint8Array(size);
  const pivotOf = (x: number) => (Math.abs(x) < least ? (x < 0 ? -least : least) : x);
  let [current, next] = [diagonal[0]! - value, off[0] ?? 0];
  for (let i = 0; i < size - 1; i++) {
    const [under, underD, underE] = [off[i]!, diagonal[i + 1]! - value, off[i + 1] ?? 0];
    if (Math.abs(under) > Math.abs(current)) {
      exchanged[i] = 1;
      [d[i], e[i], f[i]] = [under, underD, underE];
      below[i] = current / under;
      [current, next] = [next - below[i]! * underD, -below[i]! * underE];
    } else {
      [d[i], e[i]] = [pivotOf(current), next];
      below[i] = under / d[i]!;
      [current, next] = [underD - below[i]! * next, underE];
    }
  }
  d[size - 1] = pivotOf(current);
  return (b) => {
    for (let i = 0; i < size - 1; i++) {
      if (exchanged[i]) [b[i], b[i + 1]] = [b[i + 1]!, b[i]!];
      b[i + 1] = b[i + 1]! - below[i]! * b[i]!;
    }
    for (let i = size - 1; i >= 0; i--) {
      b[i] = (b[i]! - (i + 1 < size ? e[i]! * b[i + 1]! : 0) - (i + 2 < size ? f[i]! * b[i + 2]! : 0)) / d[i]!;
    }
  };
}
