/** Where a chart's values stand in the drawing; undefined: nowhere. */
export interface Placed {
  x(at: number): number;
  y(value: number): number | undefined;
  /** Units of `x` in which one point or its extremes are enough. */
  column: number;
}

export interface CurvePath {
  /** SVG path data of the lines; a gap wherever a value is missing. */
  line: string;
  /** Of values that no line leads to or from, as points. */
  singles: string;
}

/**
 * Path of a curve, thinned out: of all points in a column the first, the lowest, the highest and the last are kept, which draws the same
 * pixels. `x`, `y`: the numbers in order of x; what is not finite or has no place is a gap.
 */
export function curvePath(x: ArrayLike<number>, y: ArrayLike<number>, placed: Placed): CurvePath {
  const line: string[] = [];
  const singles: string[] = [];
  let piece: number[] = [];
  const close = () => {
    if (piece.length === 2) singles.push(`M${piece[0]} ${piece[1]}h0`);
    if (piece.length > 2) line.push(`M${thinned(piece, placed.column).join(' ')}`);
    piece = [];
  };
  const n = Math.min(x.length, y.length);
  for (let i = 0; i < n; i++) {
    const value = y[i] as number;
    const [left, top] = [placed.x(x[i] as number), Number.isFinite(value) ? placed.y(value) : undefined];
    if (top === undefined || !Number.isFinite(left)) close();
    else piece.push(rounded(left), rounded(top));
  }
  close();
  return { line: line.join(''), singles: singles.join('') };
}

/** `points`: x and y in turns, in order of x. */
function thinned(points: readonly number[], column: number): readonly number[] {
  const out: number[] = [];
  const n = points.length / 2;
  const columnOf = (i: number) => Math.floor((points[2 * i] as number) / column);
  for (let from = 0; from < n; ) {
    let [to, low, high] = [from, from, from];
    for (const here = columnOf(from); to < n && columnOf(to) === here; to++) {
      if ((points[2 * to + 1] as number) < (points[2 * low + 1] as number)) low = to;
      if ((points[2 * to + 1] as number) > (points[2 * high + 1] as number)) high = to;
    }
    const kept = new Set([from, Math.min(low, high), Math.max(low, high), to - 1]);
    for (const i of kept) out.push(points[2 * i] as number, points[2 * i + 1] as number);
    from = to;
  }
  return out;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
