import { type ErrorCode, type ErrorRecord, ModelError } from '../shared/errors.ts';
import {
  type ChannelOrder,
  channelsIn,
  type InputSize,
  type InputValue,
  type InputValues,
  type Interpolation,
  type Preprocessing,
  type ResizeMode,
  type Sidecar,
} from '../shared/sidecar.ts';

/** A sidecar as read: what is wrong in it is left out and told. */
export interface ParsedSidecar {
  sidecar: Sidecar;
  /** One per bad or unknown entry; `where` is its JSON pointer. */
  warnings: readonly ErrorRecord[];
}

export const MAX_LABELS = 1_000_000;
const MAX_SIDE = 16384;
/** Numbers in one value of an input. */
const MAX_VALUES = 1_000_000;
const resizes: readonly ResizeMode[] = ['stretch', 'cover', 'contain'];
const interpolations: readonly Interpolation[] = ['nearest', 'bilinear', 'bicubic'];
const channelOrders: readonly ChannelOrder[] = ['RGB', 'BGR', 'gray', 'RGBA'];

/**
 * Reads the text of a sidecar. Says the same as media/glassbox.schema.json. An `input` with one bad value is left out as a
 * whole: half a preprocessing would feed wrong numbers silently. Throws ModelError('file-corrupt') if it is no JSON object.
 */
export function parseSidecar(text: string, file: string): ParsedSidecar {
  const json = parseJson(text, file);
  const report = new Report(file);
  const sidecar: Sidecar = {};
  for (const [key, value] of Object.entries(json)) {
    if (key === 'labels') Object.assign(sidecar, defined({ labels: labelsOf(value, report.at('/labels', 'labels')) }));
    else if (key === 'input') Object.assign(sidecar, inputOf(value, report));
    else if (key === 'inputs') Object.assign(sidecar, defined({ inputs: inputsOf(value, report) }));
    else if (key === 'output') Object.assign(sidecar, defined({ output: outputOf(value, report.at('/output', 'input')) }));
    else if (key !== '$schema')
      report.at(pointer('', key), 'unsupported').warn('is not a known entry (known: labels, input, inputs, output)');
  }
  return { sidecar, warnings: report.warnings };
}

/** The JSON object in a file's text, byte order mark or not. */
export function parseJson(text: string, file: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelError('file-corrupt', `'${file}' is no valid JSON: ${reason}.`, {
      file,
      hint: 'Open it and correct the marked place.',
      cause,
    });
  }
  if (!isObject(json)) throw new ModelError('file-corrupt', `'${file}' holds no JSON object.`, { file, hint: 'It must begin with {.' });
  return json;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One place in the document. */
interface Spot {
  warn(problem: string): undefined;
}

class Report {
  readonly warnings: ErrorRecord[] = [];
  private readonly file: string;

  constructor(file: string) {
    this.file = file;
  }

  at(where: string, code: ErrorCode): Spot {
    return {
      warn: (problem) => {
        const message = `${where} in '${this.file}' ${problem}.`;
        this.warnings.push({ code, message, file: this.file, where, hint: 'Correct the sidecar; until then this entry is not used.' });
        return undefined;
      },
    };
  }
}

function pointer(parent: string, key: string): string {
  return `${parent}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function labelsOf(value: unknown, spot: Spot): Sidecar['labels'] | undefined {
  if (typeof value === 'string') return value.trim() === '' ? spot.warn('is an empty file name') : value;
  if (!Array.isArray(value)) return spot.warn('must be a list of class names or the name of a file with them');
  if (value.length < 1 || value.length > MAX_LABELS) return spot.warn(`has ${value.length} class names`);
  const bad = value.findIndex((name) => typeof name !== 'string' || name === '');
  if (bad >= 0) return spot.warn(`must hold class names, entry ${bad} is ${show(value[bad])}`);
  return value as string[];
}

function outputOf(value: unknown, spot: Spot): string | undefined {
  return typeof value === 'string' && value !== '' ? value : spot.warn(`must be the name of an output, not ${show(value)}`);
}

type Field = (value: unknown, spot: Spot) => unknown;

const fields: Readonly<Record<string, Field>> = {
  size: (value, spot) => {
    const good =
      value === 'image' ||
      (Array.isArray(value) && value.length === 2 && value.every((side) => Number.isInteger(side) && side >= 1 && side <= MAX_SIDE));
    return good ? value : spot.warn(`must be [height, width], whole numbers from 1 to ${MAX_SIDE}, or "image", not ${show(value)}`);
  },
  crop: (value, spot) =>
    isNumber(value) && value > 0 && value <= 1 ? value : spot.warn(`must be a number above 0, at most 1, not ${show(value)}`),
  resize: oneOf(resizes),
  interpolation: oneOf(interpolations),
  antialias: (value, spot) => (typeof value === 'boolean' ? value : spot.warn(`must be true or false, not ${show(value)}`)),
  channels: oneOf(channelOrders),
  scale: (value, spot) => (isNumber(value) && value !== 0 ? value : spot.warn(`must be a number other than 0, not ${show(value)}`)),
  mean: (value, spot) => numbers(value) ?? spot.warn(`must be a list of 1, 3 or 4 numbers, not ${show(value)}`),
  std: (value, spot) => {
    const list = numbers(value);
    return list?.every((v) => v > 0) ? list : spot.warn(`must be a list of 1, 3 or 4 numbers above 0, not ${show(value)}`);
  },
};

function oneOf(choices: readonly string[]): Field {
  return (value, spot) => {
    const good = typeof value === 'string' && choices.includes(value);
    return good ? value : spot.warn(`must be ${choices.map((choice) => `"${choice}"`).join(' or ')}, not ${show(value)}`);
  };
}

function numbers(value: unknown): number[] | undefined {
  return Array.isArray(value) && [1, 3, 4].includes(value.length) && value.every(isNumber) ? value : undefined;
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function inputOf(value: unknown, report: Report): Pick<Sidecar, 'input' | 'size'> {
  const whole = report.at('/input', 'input');
  if (!isObject(value)) return none(whole.warn(`must be an object, not ${show(value)}`));
  const read: Record<string, unknown> = {};
  let good = true;
  for (const [key, entry] of Object.entries(value)) {
    const spot = report.at(pointer('/input', key), 'input');
    if (!Object.hasOwn(fields, key)) spot.warn(`is not a known entry (known: ${Object.keys(fields).join(', ')})`);
    else read[key] = fields[key]!(entry, spot);
    if (key in read && read[key] === undefined) good = false;
  }
  if (!good) return {};
  // A size alone is an answer, too: the rest is then told by something else.
  if (Object.keys(read).join() === 'size') return { size: read.size as InputSize };
  // Without it nobody knows whether 0..255 or 0..1 is meant, and a wrong guess looks like a bad model.
  if (read.scale === undefined) return none(whole.warn('has no scale (1 for pixels 0..255, 0.00392156862745098 for 0..1)'));
  const input = complete(read as Partial<Preprocessing> & { scale: number }, whole);
  return input ? { input } : {};
}

function none(_: undefined): Record<string, never> {
  return {};
}

/** Fills in defaults; mean and std get one number per fed channel. */
function complete(read: Partial<Preprocessing> & { scale: number }, whole: Spot): Preprocessing | undefined {
  const channels = read.channels ?? 'RGB';
  const count = channelsIn(channels);
  const { mean = [0], std = [1] } = read;
  const wrong = [mean, std].find((list) => list.length !== 1 && list.length !== count);
  if (wrong) return whole.warn(`has mean or std for ${wrong.length} channels, but "${channels}" has ${count}`);
  const spread = (list: readonly number[]) => (list.length === count ? list : Array.from({ length: count }, () => list[0]!));
  return { ...read, resize: read.resize ?? 'stretch', channels, mean: spread(mean), std: spread(std) };
}

function inputsOf(value: unknown, report: Report): InputValues | undefined {
  const whole = report.at('/inputs', 'input');
  if (!isObject(value)) return whole.warn(`must be an object of input names and their values, not ${show(value)}`);
  const values = Object.entries(value).flatMap(([name, given]) => {
    const good = inputValueOf(given, report.at(pointer('/inputs', name), 'input'));
    return good === undefined ? [] : [[name, good] as const];
  });
  return Object.fromEntries(values);
}

function inputValueOf(given: unknown, spot: Spot): InputValue | undefined {
  if (isValue(given)) return given;
  const shaped = isObject(given) && Object.keys(given).sort().join() === 'shape,value' && isValue(given.value) && isShape(given.shape);
  if (shaped) return { shape: given.shape as number[], value: given.value as number | number[] };
  return spot.warn(`must be a number, a list of numbers, or {"shape": [1, 4], "value": 0}, not ${show(given)}`);
}

function isValue(value: unknown): value is number | number[] {
  return isNumber(value) || (Array.isArray(value) && value.length >= 1 && value.length <= MAX_VALUES && value.every(isNumber));
}

function isShape(shape: unknown): boolean {
  const size = (side: unknown) => Number.isInteger(side) && (side as number) >= 1 && (side as number) <= MAX_VALUES;
  return Array.isArray(shape) && shape.length <= 8 && shape.every(size);
}

function defined<T extends object>(entries: T): Partial<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
