/** How much two things have to do with each other; symmetric. */
export interface Tie {
  a: number;
  b: number;
  weight: number;
}

/**
 * `items` in an order in which those with strong ties are neighbours: the greedy path, which takes the strongest tie that joins
 * the ends of two chains, again and again. Ties between neighbours add up to at least half of the best order's (Fisher, Nemhauser,
 * Wolsey 1979). Chains with the strongest ties come first; things without ties last, as they were given.
 */
export function seriated(items: readonly number[], ties: readonly Tie[]): number[] {
  const chains = new Map<number, number[]>(items.map((item) => [item, [item]]));
  const strength = new Map<number[], number>();
  const ordered = ties
    .filter(({ a, b, weight }) => a !== b && weight > 0 && chains.has(a) && chains.has(b))
    .sort((p, q) => q.weight - p.weight || p.a - q.a || p.b - q.b);
  for (const { a, b, weight } of ordered) {
    const [first, second] = [chains.get(a), chains.get(b)];
    if (!first || !second || first === second || !isEnd(first, a) || !isEnd(second, b)) continue;
    const joined = [...(first.at(-1) === a ? first : first.toReversed()), ...(second[0] === b ? second : second.toReversed())];
    strength.set(joined, (strength.get(first) ?? 0) + (strength.get(second) ?? 0) + weight);
    for (const item of joined) chains.set(item, joined);
  }
  const place = new Map(items.map((item, i) => [item, i]));
  const firstOf = (chain: readonly number[]) => Math.min(...chain.map((item) => place.get(item) ?? 0));
  return [...new Set(chains.values())].sort((p, q) => (strength.get(q) ?? 0) - (strength.get(p) ?? 0) || firstOf(p) - firstOf(q)).flat();
}

function isEnd(chain: readonly number[], item: number): boolean {
  return chain[0] === item || chain.at(-1) === item;
}
