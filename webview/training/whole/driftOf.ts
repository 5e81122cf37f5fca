import type { Drift, WholeSet } from '../../../src/shared/trainingProtocol.ts';

/** Drifts that were asked for, by both versions (`driftKey`); undefined: it cannot be had. */
export type AskedDrifts = ReadonlyMap<string, Drift | undefined>;

export function driftKey(before: WholeSet, now: WholeSet): string {
  return `${before.version}\n${now.version}`;
}

/**
 * How far the network moved between two checkpoints: as one of them was measured against the other (both numbers are symmetric), or as it was
 * asked for, where they were not evaluated one after the other.
 */
export function driftBetween(before: WholeSet | undefined, now: WholeSet, asked: AskedDrifts): Drift | undefined {
  if (!before) return undefined;
  if (now.drift?.from === before.version) return now.drift;
  return before.drift?.from === now.version ? before.drift : asked.get(driftKey(before, now));
}

/** From this on a layer's features are all but the same; below the other number they are others. */
const still = 0.99;
const moves = 0.95;

/** What a person takes from the layers' numbers, the rest of a sentence: `conv1 to conv4 have stopped changing; conv5 still moves most (CKA 0.87).` */
export function driftWords({ cka }: Pick<Drift, 'cka'>): string {
  const known = cka.filter(({ value }) => Number.isFinite(value));
  const [first] = known;
  if (!first) return 'no layer could be compared.';
  const stillOnes = known.filter(({ value }) => value >= still);
  if (stillOnes.length === known.length)
    return known.length === 1 ? `${first.layer} has all but stopped changing.` : 'all layers have all but stopped changing.';
  const most = known.reduce((least, each) => (each.value < least.value ? each : least));
  const how = most.value >= moves ? 'moves most, and little' : stillOnes.length > 0 ? 'still moves most' : 'moves most';
  const rest =
    stillOnes.length === 0 ? '' : `${namesOf(stillOnes, known)} ${stillOnes.length === 1 ? 'has' : 'have'} all but stopped changing; `;
  return `${rest}${most.layer} ${how} (CKA ${most.value.toFixed(2)}).`;
}

interface Named {
  layer: string;
}

/** Neighbours in the network are told together: `conv1 to conv4`. `some` are of `all`, in their order. */
export function namesOf(some: readonly Named[], all: readonly Named[]): string {
  const runs: Named[][] = [];
  let before = -2;
  for (const each of some) {
    const at = all.indexOf(each);
    if (at === before + 1) runs.at(-1)?.push(each);
    else runs.push([each]);
    before = at;
  }
  const told = runs.flatMap((run) => (run.length < 3 ? run.map(({ layer }) => layer) : [`${run[0]?.layer} to ${run.at(-1)?.layer}`]));
  return told.length < 2 ? (told[0] ?? '') : `${told.slice(0, -1).join(', ')} and ${told.at(-1)}`;
}
