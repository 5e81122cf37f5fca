import { mayPlay, type StoredWeight, type WeightFinder, type WeightOwner, type WeightRole } from '../keras/weights.ts';

/**
 * Which weights of the manifest belong to which layer. They go by name (`conv1/kernel`), if that gives every layer some and
 * no two layers the same; else by order, if counts and names of all of them fit. Anything else is left to the caller, who
 * refuses the layer that lacks weights: a guess could be silently wrong.
 */
export function weightsByName(stored: readonly StoredWeight[]): WeightFinder {
  return (owners) => {
    const byName = assignByName(owners, stored);
    if (owners.every((o) => byName.has(o.path) || required(o).length === 0)) return byName;
    return assignByOrder(owners, stored) ?? byName;
  };
}

/** Ways a weight's prefix can name its layer, best first: the layer's own name, its path, a part of either. */
const matchers: readonly ((prefix: string, owner: WeightOwner) => boolean)[] = [
  (prefix, { name }) => prefix === name,
  (prefix, { path }) => prefix === path,
  (prefix, { path }) => path.endsWith(`/${prefix}`),
  (prefix, { path }) => prefix.endsWith(`/${path}`),
  (prefix, { name }) => prefix.endsWith(`/${name}`),
  (prefix, { name }) => prefix.startsWith(`${name}/`),
  (prefix, { name }) => prefix.includes(`/${name}/`),
];

function assignByName(owners: readonly WeightOwner[], stored: readonly StoredWeight[]): Map<string, StoredWeight[]> {
  const groups = new Map<string, StoredWeight[]>();
  for (const weight of stored) {
    const prefix = weight.name.slice(0, Math.max(0, weight.name.lastIndexOf('/')));
    const group = groups.get(prefix);
    if (group) group.push(weight);
    else groups.set(prefix, [weight]);
  }
  const found = new Map<string, StoredWeight[]>();
  for (const matches of matchers) {
    const claims = new Map<string, WeightOwner[]>();
    for (const owner of owners) {
      if (found.has(owner.path)) continue;
      for (const prefix of groups.keys()) {
        if (matches(prefix, owner)) claims.set(prefix, [...(claims.get(prefix) ?? []), owner]);
      }
    }
    for (const [prefix, [owner, ...rivals]] of claims) {
      if (!owner || rivals.length > 0) continue;
      found.set(owner.path, [...(found.get(owner.path) ?? []), ...(groups.get(prefix) ?? [])]);
      groups.delete(prefix);
    }
  }
  return found;
}

/** All weights to all layers in file order; undefined where counts or telling names do not fit. */
function assignByOrder(owners: readonly WeightOwner[], stored: readonly StoredWeight[]): Map<string, StoredWeight[]> | undefined {
  const found = new Map<string, StoredWeight[]>();
  let next = 0;
  for (const owner of owners) {
    const roles = required(owner);
    const weights = stored.slice(next, next + roles.length);
    if (weights.length < roles.length || !roles.every((role, i) => mayPlay(weights[i] as StoredWeight, role))) return undefined;
    found.set(owner.path, weights);
    next += roles.length;
  }
  return next === stored.length ? found : undefined;
}

function required(owner: WeightOwner): WeightRole[] {
  return owner.roles.filter((r) => !r.optional);
}
