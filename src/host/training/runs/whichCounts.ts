import type { RunAxis } from '../../../shared/trainingProtocol.ts';
import type { Sureness } from './nameWords.ts';
import type { Reading } from './reading.ts';
import type { NameKey } from './runNames.ts';

/** A file of a run, and its number. */
export interface Member {
  reading: Reading;
  key: NameKey;
}

/**
 * Which of several numbers counts: the first that is another in every file (an epoch before a step, a step where several are of one
 * epoch). Where none is, the first divides (`model_1_05`, `model_2_05`), or counts where a word names it.
 */
export function keyed(group: readonly Reading[], sureness: Sureness, told: boolean): Member[][] {
  const shared = sharedParts(group);
  const isSure = ({ part, sureness: of }: NameKey) => of === sureness && shared.has(part);
  const keys = (group[0] as Reading).parsed.keys.filter(isSure).sort((a, b) => axisRank[a.axis] - axisRank[b.axis] || a.part - b.part);
  const [usual] = keys;
  if (!usual) return [];
  const by = ({ part }: NameKey) => group.map((reading) => ({ reading, key: keyIn(reading, part) as NameKey }));
  const distinct = keys.find((key) => new Set(by(key).map(({ key: { at } }) => at)).size === group.length);
  if (distinct) return [by(distinct)];
  if (sureness === 'named') {
    const behind = (group[0] as Reading).parsed.keys.filter(
      (key) => key.sureness === 'bare' && key.part > usual.part && shared.has(key.part),
    );
    return [by(behind.find((key) => isRising(by(usual), by(key))) ?? usual)];
  }
  const last = keys.reduce((latest, key) => (key.part > latest.part ? key : latest));
  if (keys.length === 1 || told) return [by(usual)];
  // The last counts, those before it divide.
  const parts = new Map<string, Member[]>();
  for (const member of by(last)) {
    const before = keys.filter((key) => key !== last).map(({ part }) => keyIn(member.reading, part)?.at);
    const name = before.join(' ');
    parts.set(name, [...(parts.get(name) ?? []), member]);
  }
  return [...parts.values()];
}

function keyIn({ parsed }: Reading, part: number): NameKey | undefined {
  return parsed.keys.find((key) => key.part === part);
}

/** Parts that may count in all of them: `dice_1` does not, beside `dice_0.93`. */
function sharedParts(group: readonly Reading[]): ReadonlySet<number> {
  const times = new Map<number, number>();
  for (const { part } of group.flatMap(({ parsed }) => parsed.keys)) times.set(part, (times.get(part) ?? 0) + 1);
  return new Set([...times].filter(([, n]) => n === group.length).map(([part]) => part));
}

/** So many files tell that numbers rise. */
const fewest = 3;

/** Steps without a word, behind epochs that several are of: `epoch_3_1000`, `epoch_3_2000`, `epoch_4_3000`. */
function isRising(epochs: readonly Member[], steps: readonly Member[]): boolean {
  const pairs = epochs.map(({ key }, i) => [key.at, (steps[i] as Member).key.at] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const rises = pairs.every(([, step], i) => i === 0 || step > (pairs[i - 1] as readonly [number, number])[1]);
  return rises && pairs.length >= fewest && pairs[0]?.[0] !== pairs.at(-1)?.[0];
}

const axisRank: Readonly<Record<RunAxis, number>> = { epoch: 0, step: 1, number: 2, version: 3 };
