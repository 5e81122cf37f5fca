import type { GraphBuilder } from '../graph/builder.ts';
import { range } from './axes.ts';

/** The int64 constant 0, 1, …, size − 1 along axis `axis` of `rank` axes. */
export function iota(b: GraphBuilder, size: number, axis: number, rank: number): string {
  const shape = range(rank).map((k) => (k === axis ? size : 1));
  return b.constant(`iota:${size}`, { dtype: 'int64', shape, data: BigInt64Array.from(range(size), BigInt) });
}
