import type { LayerInfo } from '../../../src/shared/protocol.ts';

/** Where branches come together: the ends of residual, dense and inception blocks, in the names of any format. */
const join = /^(add|sum|concat|merge)/i;

/** More columns than this show nothing. */
const most = 24;

/** Ends of blocks in order of depth: the joins; in a network without any, the last layer of each resolution. */
export function blockEnds(layers: readonly LayerInfo[]): LayerInfo[] {
  const joins = layers.filter(({ kind }) => join.test(kind));
  if (joins.length > 1) return joins;
  return layers.filter(({ shape: [, height, width] }, i) => {
    const next = layers[i + 1]?.shape;
    return next === undefined || next[1] !== height || next[2] !== width;
  });
}

/** `count` layers evenly over the depth, at ends of blocks where there are enough; `kept` is always among them. */
export function spread(layers: readonly LayerInfo[], count: number, kept: string): LayerInfo[] {
  const ends = blockEnds(layers);
  const pool = ends.length >= count ? layers.filter((layer) => ends.includes(layer) || layer.name === kept) : layers;
  const chosen = evenly(pool.length, count);
  const at = pool.findIndex(({ name }) => name === kept);
  if (at >= 0 && !chosen.includes(at)) chosen[nearest(chosen, at)] = at;
  return [...new Set(chosen)].sort((a, b) => a - b).map((i) => pool[i] as LayerInfo);
}

/** All ends of blocks, or 24 of them where there are more. */
export function fewEnds(layers: readonly LayerInfo[]): LayerInfo[] {
  const ends = blockEnds(layers);
  return evenly(ends.length, most).map((i) => ends[i] as LayerInfo);
}

function evenly(total: number, count: number): number[] {
  if (count >= total) return Array.from({ length: total }, (_, i) => i);
  if (count < 2) return [total - 1];
  return Array.from({ length: count }, (_, i) => Math.round((i * (total - 1)) / (count - 1)));
}

function nearest(chosen: readonly number[], to: number): number {
  return chosen.reduce((best, at, i) => (Math.abs(at - to) < Math.abs((chosen[best] ?? 0) - to) ? i : best), 0);
}

/** The layer of another model that stands for `name`: the one of the same name, else the one at the same relative depth. */
export function matchLayer(
  name: string,
  from: readonly LayerInfo[],
  to: readonly LayerInfo[],
): { layer: LayerInfo; by: 'name' | 'depth' } | undefined {
  const at = from.findIndex((layer) => layer.name === name);
  const names = new Set([name, ...(from[at]?.aliases ?? [])]);
  const same = to.find((layer) => [layer.name, ...layer.aliases].some((each) => names.has(each)));
  if (same) return { layer: same, by: 'name' };
  const depth = from.length > 1 ? Math.max(0, at) / (from.length - 1) : 1;
  const layer = to[Math.round(depth * (to.length - 1))];
  return layer && { layer, by: 'depth' };
}
