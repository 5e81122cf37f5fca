import type { Metric } from '../shared/spaceProtocol.ts';

/** Vectors that are compared, [count,dimensions], row-major: features, or pixels of 8 bit. `data` may lie on a SharedArrayBuffer. */
export interface Vectors {
  data: Float32Array | Uint8Array;
  count: number;
  dimensions: number;
}

/**
 * Distances in double precision, what every neighbour is ranked by in the end. Of the Euclidean one it is the square. The cosine distance
 * is half the squared length of the difference of both vectors at length 1, so that it is 0 for equal ones. A vector of zeros has no
 * direction: its distance to any other is 1.
 */
export type Distance = (i: number, j: number) => number;

/** Of vector `i` of `from` to vector `j` of `to`. */
export function distanceBetween(from: Vectors, to: Vectors, metric: Metric): Distance {
  return metric === 'euclidean' ? squaredBetween(from, to) : cosineBetween(from, to);
}

/** What is told of a distance that was ranked by. */
export function told(distance: number, metric: Metric): number {
  return metric === 'euclidean' ? Math.sqrt(distance) : distance;
}

function squaredBetween({ data: a, dimensions }: Vectors, { data: b }: Vectors): Distance {
  return (i, j) => {
    let [sum, at] = [0, j * dimensions];
    const end = (i + 1) * dimensions;
    for (let t = i * dimensions; t < end; t++, at++) {
      const difference = (a[t] as number) - (b[at] as number);
      sum += difference * difference;
    }
    return sum;
  };
}

function cosineBetween(from: Vectors, to: Vectors): Distance {
  const { data: a, dimensions } = from;
  const { data: b } = to;
  const lengths = lengthsOf(from);
  const others = to === from ? lengths : lengthsOf(to);
  return (i, j) => {
    const [left, right] = [lengths[i] as number, others[j] as number];
    if (left === 0 || right === 0) return left === right ? 0 : 1;
    let [sum, at] = [0, j * dimensions];
    const end = (i + 1) * dimensions;
    for (let t = i * dimensions; t < end; t++, at++) {
      const difference = (a[t] as number) / left - (b[at] as number) / right;
      sum += difference * difference;
    }
    return sum / 2;
  };
}

/** Euclidean lengths [count]. */
export function lengthsOf({ data, count, dimensions }: Vectors): Float64Array {
  const lengths = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let t = i * dimensions; t < (i + 1) * dimensions; t++) sum += (data[t] as number) ** 2;
    lengths[i] = Math.sqrt(sum);
  }
  return lengths;
}
