import type { DType } from '../graph/opset.ts';
import { ModelError } from '../shared/errors.ts';
import type { Question } from '../shared/question.ts';
import type { InputValue, InputValues } from '../shared/sidecar.ts';
import { sizeQuestion } from './imageSide.ts';
import { count, type Known, known } from './known/known.ts';

/** An input as its file declares it. */
export interface FileInput {
  name: string;
  /** Undefined: a type that is no tensor of numbers. */
  dtype: DType | undefined;
  /** In the file's axis order; an open size is undefined. Undefined: of any rank. */
  shape: readonly (number | undefined)[] | undefined;
  /** Type and shape in the file's own words, `float32 [N,3,height,width]`. */
  text: string;
}

export interface ChosenInputs<T extends FileInput> {
  image: T;
  /** Values of the other inputs, by name. */
  constants: ReadonlyMap<string, Known>;
  /** What the caller has answered, so that it can be asked again. */
  answered: readonly Question[];
}

/** Most elements a value written by hand may have: a few bytes of a sidecar must not allocate without bound. */
const MOST = 2 ** 24;

/**
 * Which input is the image, and what the others are. The image is the first of those without a given value that looks like
 * one, else the first with four axes. All formats choose by this. Names given that the model does not have are left alone:
 * a sidecar can be that of several models.
 * @throws ModelError 'input': with the question 'inputs' where values are missing; where a value does not fit its input.
 */
export function chooseInputs<T extends FileInput>(inputs: readonly T[], given: InputValues = {}): ChosenInputs<T> {
  const open = inputs.filter(({ name }) => !Object.hasOwn(given, name));
  const image = open.find(looksLikeImage) ?? open.find(hasFourAxes);
  if (!image) throw noImage(inputs, open);
  const others = open.filter((input) => input !== image);
  if (others.length > 0) throw valuesMissing(inputs, image, others, given);
  const constants = inputs.filter((input) => input !== image);
  return {
    image,
    constants: new Map(constants.map((input) => [input.name, inputValue(input, given[input.name]!)])),
    answered: answeredQuestions(image, constants, given),
  };
}

function answeredQuestions(image: FileInput, constants: readonly FileInput[], given: InputValues): Question[] {
  // Of channels, height and width only the channels can be told by something else.
  const sizeOpen = (image.shape ?? []).slice(1).filter((size) => size === undefined).length > 1;
  return [...(sizeOpen ? [sizeQuestion(image)] : []), ...(constants.length > 0 ? [inputsQuestion(image, constants, given)] : [])];
}

function inputsQuestion(image: FileInput, others: readonly FileInput[], given: InputValues): Question {
  const asked = others.map(({ name, text, dtype }) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    return { name, shape: text, whole: dtype !== 'float32', ...(value !== undefined && { value }) };
  });
  return { kind: 'inputs', image: image.name, others: asked };
}

/** One axis has the channels of an image. */
function looksLikeImage(input: FileInput): boolean {
  const channels = (size: number | undefined) => size === 1 || size === 3 || size === 4;
  return hasFourAxes(input) && (channels(input.shape?.[1]) || channels(input.shape?.[3]));
}

function hasFourAxes({ dtype, shape }: FileInput): boolean {
  return dtype === 'float32' && shape?.length === 4;
}

function listed(inputs: readonly FileInput[]): string {
  return inputs.map(({ name, text }) => `'${name}' ${text}`).join(', ');
}

function noImage(inputs: readonly FileInput[], open: readonly FileInput[]): ModelError {
  const [only] = inputs;
  if (!only) return new ModelError('input', 'The model has no input.', { hint: 'Glassbox explains models with an image as input.' });
  const image = 'an image of floats, [N,C,H,W] or [N,H,W,C]';
  const hint = 'Glassbox explains models with an image as input.';
  const where = only.name;
  if (open.length < inputs.length) {
    const message = `The model has ${inputs.length} inputs: ${listed(inputs)}; none without a value in the sidecar is ${image}.`;
    return new ModelError('input', message, { where, hint: 'Remove the value of the image from "inputs" in the sidecar.' });
  }
  if (inputs.length > 1) {
    return new ModelError('input', `The model has ${inputs.length} inputs: ${listed(inputs)}; none is ${image}.`, { where, hint });
  }
  return new ModelError('input', `The model's input '${where}' is ${only.text}, which is no image of floats, [N,C,H,W] or [N,H,W,C].`, {
    where,
    hint,
  });
}

function valuesMissing(inputs: readonly FileInput[], image: FileInput, others: readonly FileInput[], given: InputValues): ModelError {
  const names = others.map(({ name }) => `'${name}'`).join(', ');
  const stray = Object.keys(given).filter((name) => !inputs.some((input) => input.name === name));
  const strayText = stray.length > 0 ? ` (The sidecar gives '${stray.join("', '")}', which the model does not have.)` : '';
  const example = JSON.stringify(Object.fromEntries(others.map((other) => [other.name, exampleOf(other)])));
  return new ModelError(
    'input',
    `The model has ${inputs.length} inputs: ${listed(inputs)}. The image goes to '${image.name}'; nothing says what ${names} ${others.length > 1 ? 'are' : 'is'}.${strayText}`,
    {
      where: others[0]!.name,
      hint: `Write "inputs": ${example} with the right values into the sidecar.`,
      question: inputsQuestion(image, others, given),
    },
  );
}

function exampleOf({ shape }: FileInput): InputValue {
  const open = shape?.slice(1).some((size) => size === undefined) ?? true;
  return open ? { shape: [1, ...(shape?.slice(1) ?? []).map((size) => size ?? 1)], value: 0 } : 0;
}

/**
 * A value of the sidecar as the tensor its input takes: one number fills it, a list is row-major. An open first axis is the
 * batch, 1. @throws ModelError 'input'.
 */
export function inputValue(input: FileInput, given: InputValue): Known {
  const { dtype } = input;
  if (dtype === undefined) throw misfit(input, 'is no tensor of numbers, and cannot be given a value');
  const value = typeof given === 'object' && 'value' in given ? given.value : given;
  const shape = shapeOf(input, given, typeof value === 'number' ? undefined : value.length);
  const size = count(shape);
  if (size > MOST) throw misfit(input, `would have ${size} values; at most ${MOST} can be given`);
  if (typeof value !== 'number' && value.length !== size) throw misfit(input, `takes ${size} values, ${value.length} are given`);
  const wrong = dtype === 'float32' ? undefined : (typeof value === 'number' ? [value] : value).find((v) => !fits(dtype, v));
  if (wrong !== undefined) throw misfit(input, `cannot be ${wrong}`);
  if (dtype === 'float32')
    return known(dtype, shape, typeof value === 'number' ? new Float32Array(size).fill(value) : Float32Array.from(value));
  return known(dtype, shape, typeof value === 'number' ? new Array<number>(size).fill(value) : value);
}

function shapeOf(input: FileInput, given: InputValue, length: number | undefined): number[] {
  const declared = input.shape;
  if (typeof given === 'object' && 'shape' in given) {
    const { shape } = given;
    const agrees = !declared || (declared.length === shape.length && declared.every((size, i) => size === undefined || size === shape[i]));
    if (!agrees) throw misfit(input, `cannot be given the shape [${shape}]`);
    return [...shape];
  }
  const known = declared?.map((size, axis) => (axis === 0 ? (size ?? 1) : size));
  const open = known?.filter((size) => size === undefined).length ?? 2;
  const rest = known ? known.reduce<number>((n, size) => n * (size ?? 1), 1) : 0;
  if (known && open === 1 && length !== undefined && rest > 0 && length % rest === 0) return known.map((size) => size ?? length / rest);
  if (!known || open > 0) throw misfit(input, 'leaves its shape open: the value has to say it', { shape: ['…'], value: 0 });
  return known as number[];
}

function fits(dtype: DType, value: number): boolean {
  if (!Number.isSafeInteger(value)) return false;
  if (dtype === 'bool') return value === 0 || value === 1;
  if (dtype === 'uint8') return value >= 0 && value <= 255;
  return dtype === 'int64' || (value >= -(2 ** 31) && value < 2 ** 31);
}

function misfit({ name, text }: FileInput, what: string, example?: object): ModelError {
  const hint = example
    ? `Write "${name}": ${JSON.stringify(example)} under "inputs" in the sidecar.`
    : `Correct "${name}" under "inputs" in the sidecar.`;
  return new ModelError('input', `The input '${name}' (${text}) ${what}.`, { where: name, hint });
}
