import { basename, dirname, extname, join } from 'node:path';
import { isNamedByFolder } from '../../../shared/modelFormats.ts';
import type { RunAxis } from '../../../shared/trainingProtocol.ts';
import type { FoundRun, RunFile } from './checkpointFile.ts';
import type { Sureness } from './nameWords.ts';
import { areOtherNumbers } from './otherNumbers.ts';
import { isTemporary, type NameKey, type ParsedName, parseName } from './runNames.ts';

/** So many files make a run, by how sure their numbers are. */
const least: Readonly<Record<Sureness, number>> = { named: 1, short: 2, bare: 3 };
/** A folder so many levels above the file may hold the number: `step_5000/export/saved_model.pb`. */
const highest = 2;

/** A file and one way to read its name. */
interface Reading {
  path: string;
  /** What the number stands in: the file's name without extension, or that of a folder above it. */
  name: string;
  parsed: ParsedName;
  /** Folder that the name lies in, and what follows the name: `.onnx`, `/model.json`. */
  before: string;
  after: string;
}

interface Options {
  /** A person says that these are checkpoints: one file is enough, and any number that stands alone counts. */
  told?: boolean;
  /** Folders that all of it lies in: what they are called says nothing. */
  roots?: readonly string[];
}

/**
 * Groups model files into runs by the pattern of their names, and by names alone: a half-written file is one of the run. The surest number
 * counts: one that a word names before one that stands alone, in the file's name before one in a folder's. Decimals are losses and the
 * like; they neither count nor divide. Other numbers, and words, divide: `seed1_epoch_*`, `seed2_epoch_*`. `paths`: absolute; `label`:
 * path for people. In order of their ids.
 */
export function findRuns(
  paths: readonly string[],
  label: (path: string) => string,
  { told = false, roots = [] }: Options = {},
): FoundRun[] {
  const left = new Set(paths);
  const runs: FoundRun[] = [];
  const levels = Array.from({ length: highest + 1 }, (_, level) => [...left].flatMap((path) => read(path, level, roots) ?? []));
  for (const sureness of ['named', 'short', 'bare'] as const) {
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

/** Level 0: the file's own name; 1: its folder's, 2: the one above. */
function read(path: string, level: number, roots: readonly string[]): Reading | undefined {
  const above = Array.from({ length: level }).reduce<string>((folder) => dirname(folder), path);
  const after = level === 0 ? extname(path) : path.slice(above.length);
  const name = level === 0 ? basename(path, after) : basename(above);
  if (level > 0 && roots.some((root) => root.startsWith(above))) return undefined;
  // A name that is the same in every model holds no number; between number and file nothing may be temporary.
  if (level === 0 && isNamedByFolder(path)) return undefined;
  if (
    path
      .slice(dirname(above).length + 1)
      .split(/[\\/]/)
      .some(isTemporary)
  )
    return undefined;
  const parsed = parseName(name);
  return parsed && { path, name, parsed, before: dirname(above), after };
}

function* grouped(
  readings: readonly Reading[],
  sureness: Sureness,
  { told, isFar }: { told: boolean; isFar: boolean },
): Iterable<{ run: FoundRun; taken: string[] }> {
  const alike = new Map<string, Reading[]>();
  for (const reading of readings) {
    const parts = counting(reading, sureness);
    if (parts.length === 0) continue;
    const shape = pattern(reading, parts);
    const known = alike.get(shape);
    if (known) known.push(reading);
    else alike.set(shape, [reading]);
  }
  // Far above the file, a word alone says little.
  const enough = told ? 1 : Math.max(least[sureness], isFar ? 2 : 1);
  for (const group of alike.values()) {
    for (const members of keyed(group, sureness, told)) {
      const numbers = [...new Set(members.map((each) => each.key.at))];
      if (numbers.length < enough || (!told && isOther(members, sureness, numbers))) continue;
      yield { run: runOf(members, sureness), taken: members.map(({ reading }) => reading.path) };
    }
  }
}

interface Member {
  reading: Reading;
  key: NameKey;
}

/**
 * Which of several numbers counts: the first that is another in every file (an epoch before a step, a step where several are of one
 * epoch). Where none is, the first divides (`model_1_05`, `model_2_05`), or counts where a word names it.
 */
function keyed(group: readonly Reading[], sureness: Sureness, told: boolean): Member[][] {
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

/** Steps without a word, behind epochs that several are of: `epoch_3_1000`, `epoch_3_2000`, `epoch_4_3000`. */
function isRising(epochs: readonly Member[], steps: readonly Member[]): boolean {
  const pairs = epochs.map(({ key }, i) => [key.at, (steps[i] as Member).key.at] as const).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const rises = pairs.every(([, step], i) => i === 0 || step > (pairs[i - 1] as readonly [number, number])[1]);
  return rises && pairs.length >= least.bare && pairs[0]?.[0] !== pairs.at(-1)?.[0];
}

const axisRank: Readonly<Record<RunAxis, number>> = { epoch: 0, step: 1, number: 2, version: 3 };

function isOther(members: readonly Member[], sureness: Sureness, numbers: readonly number[]): boolean {
  const [{ reading, key }] = members as [Member];
  // A single best one is written anew under other numbers: no run.
  if (members.length === 1 && /(^|[^a-z])(best|last|latest|final)([^a-z]|$)/i.test(reading.name)) return true;
  const maySize = sureness === 'bare' || /batch[-_. =]*$/i.test(reading.parsed.parts[key.part - 1] as string);
  return maySize && areOtherNumbers(reading.parsed, key.part, numbers);
}

function runOf(members: readonly Member[], sureness: Sureness): FoundRun {
  const [{ reading, key }] = members as [Member];
  // Numbers that stand alone and are the same in all stay in the pattern.
  const differs = (part: number) => members.some((each) => each.reading.parsed.parts[part] !== reading.parsed.parts[part]);
  const parts = counting(reading, sureness).filter((part) => part === key.part || sureness !== 'bare' || differs(part));
  const files = members.map(({ reading: { path, name }, key: { at } }): RunFile => ({ path, name, at }));
  const byNumber = (a: RunFile, b: RunFile) => a.at - b.at || (a.path < b.path ? -1 : 1);
  return {
    ...{ id: pattern(reading, parts), kind: 'checkpoints', label: '', axis: key.axis, folder: reading.before },
    files: files.sort(byNumber),
  };
}

/** Parts that may count, and whole numbers behind one that a word names: `epoch_03-93`. */
function counting({ parsed: { keys } }: Reading, sureness: Sureness): number[] {
  const first = keys.find((key) => key.sureness === sureness);
  if (!first) return [];
  return keys.filter((key) => key.sureness === sureness || (key.sureness === 'bare' && key.part > first.part)).map(({ part }) => part);
}

/** Absolute, with `*` for these parts and for those that differ without counting. */
function pattern({ parsed, before, after }: Reading, parts: readonly number[]): string {
  const name = parsed.parts.map((part, index) => (parts.includes(index) || parsed.free.has(index) ? '*' : part)).join('');
  return join(before, name.replace(/-v\*$/, '')) + after;
}

/** A model.json is called after its folder, here too, unless there are two runs in the same folders. */
function labelled(runs: readonly FoundRun[], label: (path: string) => string): FoundRun[] {
  const short = (id: string) => (isNamedByFolder(id) ? dirname(id) : id);
  const times = new Map<string, number>();
  for (const { id } of runs) times.set(short(id), (times.get(short(id)) ?? 0) + 1);
  return runs.map((run) => ({ ...run, label: label((times.get(short(run.id)) ?? 0) > 1 ? run.id : short(run.id)) }));
}
