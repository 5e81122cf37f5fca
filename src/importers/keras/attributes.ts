import { ModelError } from '../../shared/errors.ts';
import { excerpt, isArray, isObject, type Json, type JsonObject } from './json.ts';

const LARGEST = 2 ** 31 - 1;

/** The `config` of one layer, read with its types checked; every error names the layer and the attribute. */
export class Attributes {
  /** `'conv1' (Conv2D)`, for messages. */
  readonly owner: string;
  readonly values: JsonObject;

  constructor(owner: string, values: JsonObject) {
    this.owner = owner;
    this.values = values;
  }

  get(key: string): Json | undefined {
    return this.values[key] ?? undefined;
  }

  number(key: string, absent: number): number {
    const value = this.get(key);
    if (value === undefined) return absent;
    // Keras 3 may write NumPy scalars as {class_name: '__numpy__', config: {value, dtype}}.
    const plain = isObject(value) && isObject(value.config) ? value.config.value : value;
    if (typeof plain !== 'number' || !Number.isFinite(plain)) throw this.wrong(key, 'a number');
    return plain;
  }

  /** A number, or null where the file has none. */
  optionalNumber(key: string): number | null {
    return this.get(key) === undefined ? null : this.number(key, 0);
  }

  /** A whole number in low..2³¹−1. */
  int(key: string, absent: number, low = 0): number {
    const value = this.number(key, absent);
    if (!isCount(value, low)) throw this.wrong(key, `a whole number from ${low}`);
    return value;
  }

  boolean(key: string, absent: boolean): boolean {
    const value = this.get(key);
    if (value === undefined) return absent;
    if (typeof value !== 'boolean') throw this.wrong(key, 'true or false');
    return value;
  }

  /** A word in lower case without underscores, so that `channels_last`, `channelsLast` and `CHANNELS_LAST` are one. */
  word(key: string, absent: string): string {
    const value = this.get(key);
    if (value === undefined) return absent;
    if (typeof value !== 'string') throw this.wrong(key, 'a word');
    return normalised(value);
  }

  /** [rows, columns], written as a pair or as one number for both. */
  pair(key: string, absent: readonly [number, number], low = 1): [number, number] {
    const value = this.get(key);
    if (value === undefined) return [...absent];
    const [rows, columns, ...rest] = isArray(value) ? value : [value, value];
    if (!isCount(rows, low) || !isCount(columns, low) || rest.length > 0) throw this.wrong(key, `two whole numbers from ${low}`);
    return [rows, columns];
  }

  /** [[top, bottom], [left, right]] of padding and cropping, in any of Keras' three spellings. */
  sides(key: string, absent: number): [[number, number], [number, number]] {
    const value = this.get(key) ?? absent;
    const axes = isArray(value) ? value : [value, value];
    const sides = axes.map((a) => (isArray(a) ? a : [a, a]));
    if (sides.length !== 2 || sides.some((s) => s.length !== 2 || !s.every((n) => isCount(n, 0)))) {
      throw this.wrong(key, 'a number, [rows, columns] or [[top, bottom], [left, right]]');
    }
    return sides as [[number, number], [number, number]];
  }

  /** A list of whole numbers, written as a list or as one number. Undefined where the file has none. */
  integers(key: string): number[] | undefined {
    const value = this.get(key);
    if (value === undefined) return undefined;
    const list = isArray(value) ? value : [value];
    if (!list.every((n) => typeof n === 'number' && Number.isInteger(n) && Math.abs(n) <= LARGEST)) {
      throw this.wrong(key, 'a list of whole numbers');
    }
    return list as number[];
  }

  /** Numbers, written as one number or as a (nested) list of them. */
  numbers(key: string, absent: number): number[] {
    const value = this.get(key) ?? absent;
    const list = isArray(value) ? (value.flat(8) as Json[]) : [value];
    if (list.length === 0 || !list.every((n) => typeof n === 'number' && Number.isFinite(n))) throw this.wrong(key, 'a list of numbers');
    return list as number[];
  }

  wrong(key: string, expected: string): ModelError {
    return new ModelError('file-corrupt', `Layer ${this.owner}: '${key}' is ${excerpt(this.get(key))}, expected ${expected}.`, {
      where: this.owner,
    });
  }
}

export function normalised(word: string): string {
  return word.toLowerCase().replaceAll('_', '');
}

function isCount(value: Json | undefined, low: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= LARGEST;
}
