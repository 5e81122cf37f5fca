import { findMethod, methods } from '../explain/methods/index.ts';
import { describeError, ModelError, toErrorRecord } from '../shared/errors.ts';
import { familyNames } from '../shared/families.ts';
import type { EngineChoice, Rect } from '../shared/protocol.ts';

/** Wrong usage: exit code 2, with the usage text. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A method, with a variant or not. */
export interface ChosenMethod {
  id: string;
  /** By its own name: that it cannot explain the model is an error then. One of `all` is left out instead. */
  asked: boolean;
}

export function list(option: string, value: string | undefined): string[] | undefined {
  const items = value
    ?.split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
  if (items?.length === 0) throw new UsageError(`${option} takes names with commas between, got '${value}'.`);
  return items;
}

/** Methods by id, `all` of them, or those of a family (`all:relevance`); each once, in the order asked. */
export function chosenMethods(names: readonly string[]): ChosenMethod[] {
  const chosen = new Map<string, ChosenMethod>();
  for (const name of names) {
    const ids = name === 'all' || name.startsWith('all:') ? everyMethod(name.slice('all:'.length)) : [existing(name)];
    const asked = !name.startsWith('all');
    for (const id of ids) chosen.set(id, { id, asked: asked || chosen.get(id)?.asked === true });
  }
  return [...chosen.values()];
}

function everyMethod(family: string): string[] {
  const ids = methods.filter(({ info }) => family === '' || info.family === family).map(({ info }) => info.id);
  if (ids.length > 0) return ids;
  throw new UsageError(`--method: there is no family '${family}'; there is ${Object.keys(familyNames).join(', ')}.`);
}

function existing(id: string): string {
  infoOf(id);
  return id;
}

/** Parameters of at least one of the methods. */
export function parameters(entries: readonly string[], chosen: readonly ChosenMethod[]): Record<string, number | string> {
  const known = new Set(chosen.flatMap(({ id }) => infoOf(id).params.map((param) => param.id)));
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf('=');
      if (at < 1) throw new UsageError(`--param takes name=value, got '${entry}'.`);
      const [name, value] = [entry.slice(0, at), entry.slice(at + 1)];
      if (!known.has(name)) {
        const ids = chosen.map(({ id }) => id).join(', ');
        throw new UsageError(`--param: ${ids} has no parameter '${name}'; there is ${[...known].join(', ') || 'none'}.`);
      }
      return [name, value !== '' && Number.isFinite(Number(value)) ? Number(value) : value];
    }),
  );
}

function infoOf(id: string) {
  try {
    return findMethod(id).method.info;
  } catch (error) {
    throw new UsageError(describeError(toErrorRecord(error)));
  }
}

export function engineChoice(value = 'auto'): EngineChoice {
  const choices: readonly EngineChoice[] = ['auto', 'onnxruntime', 'tensorflow', 'wasm'];
  const found = choices.find((c) => c === value);
  if (!found) throw new UsageError(`--engine is one of ${choices.join(', ')}, got '${value}'.`);
  return found;
}

export function count(value = '5'): number {
  const n = value === 'all' ? Number.POSITIVE_INFINITY : Number(value);
  if (!(n >= 1 && (Number.isInteger(n) || value === 'all'))) throw new UsageError(`--top takes a whole number or all, got '${value}'.`);
  return n;
}

/** `x,y,width,height`, in cells. */
export function region(value: string | undefined): Rect | undefined {
  if (value === undefined) return undefined;
  const parts = value.split(',');
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part.trim()))) {
    throw new UsageError(`--region takes x,y,width,height in whole cells, got '${value}'.`);
  }
  const [x, y, width, height] = parts.map(Number) as [number, number, number, number];
  return { x, y, width, height };
}

/** Index of the class a person names by number or label. */
export function classIndex(wanted: string, classes: number, labels: readonly string[] | undefined): number {
  if (/^\d+$/.test(wanted)) return Number(wanted);
  const same = (a: string, b: string) => a.trim().toLowerCase() === b.trim().toLowerCase();
  const found = labels?.flatMap((label, i) => (same(label, wanted) ? [i] : [])) ?? [];
  if (found.length === 1) return found[0] as number;
  const problem = found.length > 1 ? `is the name of ${found.length} classes: ${found.join(', ')}` : 'is no class of this model';
  throw new ModelError('labels', `'${wanted}' ${problem}.`, { hint: `Give its number, 0 to ${classes - 1}.` });
}
