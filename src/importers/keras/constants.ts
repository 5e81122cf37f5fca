import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import type { Constant, Index, IndexPart, Literal } from './model.ts';

/** Files are untrusted: lists nested deeper are looked into at every depth. */
const MOST_AXES = 8;

/** A number, a tensor in its spellings, or an index; undefined for anything else. */
export function readConstant(value: Json | undefined): Constant | undefined {
  if (typeof value === 'number') return value;
  if (isObject(value) && (value.class_name === '__tensor__' || value.class_name === '__numpy__') && isObject(value.config)) {
    const { value: written } = value.config;
    return typeof written === 'number' ? written : readLiteral(written);
  }
  return readIndex(value) ?? readLiteral(value);
}

/** Nested lists of numbers, all alike. */
function readLiteral(value: Json | undefined): Literal | undefined {
  const shape: number[] = [];
  let level: readonly (Json | undefined)[] = [value];
  while (level.length > 0 && level.every(isArray)) {
    const rows = level as readonly (readonly Json[])[];
    const size = rows[0]?.length ?? 0;
    if (size === 0 || shape.length === MOST_AXES || rows.some((row) => row.length !== size)) return undefined;
    shape.push(size);
    level = rows.flat();
  }
  return shape.length > 0 && level.every((v) => typeof v === 'number') ? { shape, values: level as number[] } : undefined;
}

/** What stands between the brackets of `x[…]`: a list in which something else than numbers stands, or one such thing. */
function readIndex(value: Json | undefined): Index | undefined {
  const parts = (isArray(value) ? value : [value]).map(readPart);
  const known = parts.length > 0 && parts.every((part) => part !== undefined);
  return known && parts.some((part) => typeof part !== 'number') ? { parts: parts as IndexPart[] } : undefined;
}

function readPart(value: Json | undefined): IndexPart | undefined {
  if (value === null) return 'new';
  if (typeof value === 'number') return value;
  if (!isObject(value)) return undefined;
  if (value.class_name === '__ellipsis__') return 'rest';
  const slice = value.class_name === '__slice__' && isObject(value.config) ? value.config : value;
  return 'start' in slice && 'stop' in slice && 'step' in slice ? readSlice(slice) : undefined;
}

function readSlice({ start, stop, step }: JsonObject): IndexPart | undefined {
  const whole = (v: Json | undefined) => v === null || v === undefined || (typeof v === 'number' && Number.isSafeInteger(v));
  if (![start, stop, step].every(whole) || step === 0) return undefined;
  return { start: (start as number | null) ?? undefined, stop: (stop as number | null) ?? undefined, step: (step as number | null) ?? 1 };
}
