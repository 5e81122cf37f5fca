import { dirname } from 'node:path';
import { isNamedByFolder } from '../../../shared/modelFormats.ts';
import type { FoundRun, RunFile } from './checkpointFile.ts';
import { type Sureness, surenesses } from './nameWords.ts';
import { areOtherNumbers } from './otherNumbers.ts';
import { counting, highest, isRepeatedAbove, pattern, type Reading, read } from './reading.ts';
import { keyed, type Member } from './whichCounts.ts';

/** So many files make a run, by how sure their numbers are. */
const least: Readonly<Record<Sureness, number>> = { named: 1, short: 2, bare: 3 };
interface Options {
  /** A person says that these are checkpoints: one file is enough, and any number that stands alone counts. */
  told?: boolean;
  /** Folders that all of it lies in: what they are called says nothing. */
  roots?: readonly string[];
}

/**
 * Groups model files into runs by the pattern of their names, and by names alone: a half-written file is one of the run. The surest number
 * counts: one that a word names before one that stands alone, in the file's name before one in a folder's. Decimals are losses and the
 * like; they neither count nor divide. Other numbers, and words, divide: `seed1_epoch_*`, `seed2_epoch_*`. Dates behind the number divide
 * where several files have the same. `paths`: absolute; `label`: path for people. In order of their ids.
 */
export function findRuns(
  paths: readonly string[],
  label: (path: string) => string,
  { told = false, roots = [] }: Options = {},
): FoundRun[] {
  const left = new Set(paths);
  const runs: FoundRun[] = [];
  const levels = Array.from({ length: highest + 1 }, (_, level) => [...left].flatMap((path) => read(path, level, { told, roots }) ?? []));
  for (const sureness of surenesses) {
    for (const [level, all] of levels.entries()) {
      const readings = all.filter(({ path }) => left.has(path));
      for (const { run, taken } of grouped(readings, sureness, { told, isFar: level === highest })) {
        for (const path of taken) left.delete(path);
        runs.push(run);
      }
    }
  }
  return labelled(runs, label).sort((a, b) => (a.id < b.id ? -1 : 1));
}

function* grouped(
  readings: readonly Reading[],
  sureness: Sureness,
  { told, isFar }: { told: boolean; isFar: boolean },
): Iterable<{ run: FoundRun; taken: string[] }> {
  // Far above the file, a word alone says little.
  const enough = told ? 1 : Math.max(least[sureness], isFar ? 2 : 1);
  for (const { group, isLoose } of alike(readings, sureness)) {
    for (const members of keyed(group, sureness, told)) {
      const numbers = [...new Set(members.map((each) => each.key.at))];
      const [{ reading, key }] = members as [Member];
      if (numbers.length < enough || (!told && isOther(members, sureness, numbers))) continue;
      if (numbers.length === 1 && isRepeatedAbove(reading, key.part, sureness)) continue;
      yield { run: runOf(members, sureness, isLoose), taken: members.map(({ reading: { path } }) => path) };
    }
  }
}

/** By the pattern of their names. Those that stand alone in it may differ in more than the number. */
function* alike(readings: readonly Reading[], sureness: Sureness): Iterable<{ group: readonly Reading[]; isLoose: boolean }> {
  const loose: Reading[] = [];
  for (const group of byPattern(readings, sureness, false)) {
    if (group.length === 1) loose.push(...group);
    else yield { group, isLoose: false };
  }
  for (const group of byPattern(loose, sureness, true)) yield { group, isLoose: true };
}

function byPattern(readings: readonly Reading[], sureness: Sureness, isLoose: boolean): Iterable<readonly Reading[]> {
  const groups = new Map<string, Reading[]>();
  for (const reading of readings) {
    const parts = counting(reading, sureness);
    if (parts.length === 0) continue;
    const shape = pattern(reading, parts, isLoose);
    const known = groups.get(shape);
    if (known) known.push(reading);
    else groups.set(shape, [reading]);
  }
  return groups.values();
}

function isOther(members: readonly Member[], sureness: Sureness, numbers: readonly number[]): boolean {
  const [{ reading, key }] = members as [Member];
  // A single best one is written anew under other numbers: no run.
  if (members.length === 1 && /(^|[^a-z])(best|last|latest|final)([^a-z]|$)/i.test(reading.name)) return true;
  const maySize = sureness === 'bare' || /batch[-_. =]*$/i.test(reading.parsed.parts[key.part - 1] as string);
  return maySize && areOtherNumbers(reading.parsed, key.part, numbers);
}

function runOf(members: readonly Member[], sureness: Sureness, isLoose: boolean): FoundRun {
  const [{ reading, key }] = members as [Member];
  // Numbers that stand alone and are the same in all stay in the pattern.
  const differs = (part: number) => members.some((each) => each.reading.parsed.parts[part] !== reading.parsed.parts[part]);
  const parts = counting(reading, sureness).filter((part) => part === key.part || sureness !== 'bare' || differs(part));
  const files = members.map(({ reading: { path, name }, key: { at } }): RunFile => ({ path, name, at }));
  const byNumber = (a: RunFile, b: RunFile) => a.at - b.at || (a.path < b.path ? -1 : 1);
  return {
    ...{ id: pattern(reading, parts, isLoose), kind: 'checkpoints', label: '', axis: key.axis, folder: reading.before },
    files: files.sort(byNumber),
  };
}

/** A model.json is called after its folder, here too, unless there are two runs in the same folders. */
function labelled(runs: readonly FoundRun[], label: (path: string) => string): FoundRun[] {
  const short = (id: string) => (isNamedByFolder(id) ? dirname(id) : id);
  const times = new Map<string, number>();
  for (const { id } of runs) times.set(short(id), (times.get(short(id)) ?? 0) + 1);
  return runs.map((run) => ({ ...run, label: label((times.get(short(run.id)) ?? 0) > 1 ? run.id : short(run.id)) }));
}
