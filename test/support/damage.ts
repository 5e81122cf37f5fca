// Damage done to files, the same on every run.
import type { Json } from '../../src/importers/keras/json.ts';

const junk: readonly Json[] = [
  null,
  true,
  -1,
  0,
  2.5,
  1e300,
  '',
  'conv',
  [],
  {},
  [[]],
  ['image', 0, 0],
  { class_name: 'ReLU', config: {} },
];

/** Takes away, or replaces by junk, one place of a JSON tree. */
export function damages(root: Record<string, Json>, random: () => number): void {
  const [holder, key] = pick(root, random);
  if (random() < 0.2) delete holder[key];
  else holder[key] = junk[Math.floor(random() * junk.length)] as Json;
}

/** A random place in a JSON tree: its holder and key. */
function pick(root: Record<string, Json>, random: () => number): [Record<string, Json>, string] {
  const places: [Record<string, Json>, string][] = [];
  const walk = (value: Record<string, Json>): void => {
    for (const key of Object.keys(value)) {
      places.push([value, key]);
      if (typeof value[key] === 'object' && value[key] !== null) walk(value[key] as never);
    }
  };
  walk(root);
  return places[Math.floor(random() * places.length)] as [Record<string, Json>, string];
}

/** Random numbers in 0..1, the same on every run. */
export function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}
