import { paddedLength } from './interpolatedConvolution.ts';
import { before, reach } from './interpolatedSpline.ts';

/** The nodes of the grid along an axis: node i is at origin + i · spacing. */
export interface Axis {
  origin: number;
  spacing: number;
  /** Nodes that points touch. */
  nodes: number;
  /** Least length with padding, for the transform. */
  padded: number;
}

/**
 * Distance of nodes that the kernel, of width 1, needs: measured, so that forces are closer than those of Barnes-Hut with θ = 0.5. Of many
 * points, which lie denser, errors cancel.
 */
function finestFor(count: number): number {
  return Math.min(0.6, Math.max(0.4, 0.4 * (count / 10_000) ** (1 / 10)));
}

/** Between the outermost points: then the kernel looks smooth however close they are. */
const leastIntervals = 48;
/** Cells of the padded grid: 4,194,304 numbers of 8 bytes, half of them complex. */
const mostCells = 2 ** 22;
/** The way back to the weights decays by 0.43 a node. */
const margin = 12;

/** Most nodes of any grid. */
export const mostNodes = mostCells / 4;

/**
 * The grid for these positions [n,2]. It has a bounded size: if points lie too far apart for that, its spacing grows beyond what the kernel
 * needs, and forces between neighbours become too small.
 */
export function frameOf(positions: Float64Array, count: number): [Axis, Axis] {
  const spans = [0, 1].map((axis) => extent(positions, count, axis)) as [Extent, Extent];
  const finest = finestFor(count);
  const spacings = spans.map((extent) => spacingFor(extent, finest));
  for (;;) {
    const axes = spans.map((extent, a) => axisOf(extent, spacings[a] as number)) as [Axis, Axis];
    if (axes[0].padded * axes[1].padded <= mostCells) return axes;
    const wider = axes[0].padded >= axes[1].padded ? 0 : 1;
    (spacings[wider] as number) *= step;
  }
}

/** Padded lengths with room for a layout that grows, so that a kernel lasts for many iterations; the least ones where that is too much. */
export function roomyLengths(axes: readonly [Axis, Axis]): [number, number] {
  const [a, b] = axes.map(({ nodes }) => paddedLength(1.1 * nodes, margin)) as [number, number];
  return a * b <= mostCells ? [a, b] : [axes[0].padded, axes[1].padded];
}

interface Extent {
  least: number;
  span: number;
  /** Below this, positions so far from 0 are not told apart. */
  grain: number;
}

function extent(positions: Float64Array, count: number, axis: number): Extent {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = axis; i < 2 * count; i += 2) {
    const x = positions[i]!;
    sum += x;
    if (x < least) least = x;
    if (x > most) most = x;
  }
  if (!Number.isFinite(sum)) throw new RangeError('positions are not finite');
  if (count === 0) return { least: 0, span: 0, grain: 0 };
  return { least, span: most - least, grain: 2 ** -40 * Math.max(most, -least) };
}

/** Spacings are powers of this, so that the kernel seldom changes. */
const step = 2 ** 0.25;

function spacingFor({ span, grain }: Extent, finest: number): number {
  const wanted = Math.max(span / leastIntervals, grain);
  if (wanted === 0 || wanted >= finest) return finest;
  return finest * step ** -Math.ceil(Math.log(finest / wanted) / Math.log(step));
}

/** Half a node more on either side than points touch: positions are rounded. */
function axisOf({ least, span }: Extent, spacing: number): Axis {
  const nodes = Math.floor(span / spacing) + reach + 1;
  return { origin: least - (before - 0.5) * spacing, spacing, nodes, padded: paddedLength(nodes, margin) };
}
