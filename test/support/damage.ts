// Damage done to files, the same on every run.
import { openModel } from '../../src/importers/index.ts';
import type { Json } from '../../src/importers/keras/json.ts';
import { ModelError } from '../../src/shared/errors.ts';
import { edit, type Files, memorySource } from './tfjsModels.ts';

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
function damages(root: Record<string, Json>, random: () => number): void {
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
function lehmer(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/** How many of 600 damages to a model.json are refused, with a ModelError; the others are imported. Anything else that is thrown is thrown on. */
export async function refusalsOfDamage(files: Files, seed: number): Promise<number> {
  const random = lehmer(seed);
  let refusals = 0;
  for (let i = 0; i < 600; i++) {
    const damaged = edit(files, (json) => damages(json as never, random));
    await openModel(memorySource(damaged)).catch((error: unknown) => {
      refusals += 1;
      if (!(error instanceof ModelError))
        throw new Error(`damage ${i}: ${Buffer.from(damaged['model.json'] as Uint8Array)}`, { cause: error });
    });
  }
  return refusals;
}
