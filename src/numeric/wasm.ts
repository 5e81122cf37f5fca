/**
 * As much of a WebAssembly assembler as one loop with 128 bit vectors needs: opcodes by name, and a module with one function over an
 * imported memory (WebAssembly Core Specification 2.0, chapter 5, binary format).
 */

import { ModelError } from '../shared/errors.ts';

/** Bytes of an instruction, operands in front of it, as text would nest them. */
export type Code = readonly number[];

export const i32 = 0x7f;
export const v128 = 0x7b;
const nothing = 0x40;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (;;) {
    const byte = rest & 0x7f;
    rest >>= 7;
    const last = (rest === 0 && !(byte & 0x40)) || (rest === -1 && (byte & 0x40) !== 0);
    bytes.push(last ? byte : byte | 0x80);
    if (last) return bytes;
  }
}

const simd = (code: number): number[] => [0xfd, ...unsigned(code)];
const binary =
  (...opcode: number[]) =>
  (a: Code, b: Code): Code => [...a, ...b, ...opcode];
/** Alignment 4: all that is read and written are 32 bit numbers. */
const memory = (offset: number): number[] => [2, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];
export const constant = (value: number): Code => [0x41, ...signed(value)];
export const add = binary(0x6a);
export const multiply = binary(0x6c);
export const shiftRight = binary(0x76);
export const and = binary(0x71);
export const less = binary(0x48);
export const storeInt = (at: Code, value: Code, offset = 0): Code => [...at, ...value, 0x36, ...memory(offset)];

export const load = (at: Code, offset = 0): Code => [...at, ...simd(0x00), ...memory(offset)];
export const loadSplat = (at: Code, offset = 0): Code => [...at, ...simd(0x09), ...memory(offset)];
export const store = (at: Code, value: Code, offset = 0): Code => [...at, ...value, ...simd(0x0b), ...memory(offset)];
export const zeros: Code = [...simd(0x0c), ...new Array<number>(16).fill(0)];
export const addFloats = binary(...simd(0xe4));
export const subtractFloats = binary(...simd(0xe5));
export const multiplyFloats = binary(...simd(0xe6));
export const divideFloats = binary(...simd(0xe7));
/** Of each lane the larger; where one is NaN, the first. */
export const maxFloats = binary(...simd(0xeb));
export const lessFloats = binary(...simd(0x43));
export const or = binary(...simd(0x50));
export const anyTrue = (value: Code): Code => [...value, ...simd(0x53)];

/** Runs `body` while `condition` holds after it: at least once. */
export const doWhile = (condition: Code, ...body: Code[]): Code => [0x03, nothing, ...body.flat(), ...condition, 0x0d, 0, 0x0b];
export const when = (condition: Code, ...body: Code[]): Code => [...condition, 0x04, nothing, ...body.flat(), 0x0b];

const section = (id: number, content: Code): Code => [id, ...unsigned(content.length), ...content];
const name = (text: string): number[] => [...unsigned(text.length), ...new TextEncoder().encode(text)];

/** A module that imports the memory `glassbox.memory` and exports `run`: i32 parameters, these locals behind them, an i32 result. */
export function moduleOf(parameters: number, locals: readonly number[], body: Code): Uint8Array<ArrayBuffer> {
  const types = [1, 0x60, ...unsigned(parameters), ...new Array<number>(parameters).fill(i32), 1, i32];
  const imports = [1, ...name('glassbox'), ...name('memory'), 0x02, 0x00, 0x01];
  const exported = [1, ...name('run'), 0x00, 0x00];
  const code = [...unsigned(locals.length), ...locals.flatMap((type) => [1, type]), ...body, 0x0b];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, types),
    ...section(2, imports),
    ...section(3, [1, 0]),
    ...section(7, exported),
    ...section(10, [1, ...unsigned(code.length), ...code]),
  ]);
}

/** What is used of the global that every engine has and the types of Node leave out. */
declare const WebAssembly: {
  Memory: new (size: { initial: number }) => { readonly buffer: ArrayBuffer };
  Module: new (code: Uint8Array<ArrayBuffer>) => object;
  Instance: new (module: object, imports: { glassbox: { memory: object } }) => { exports: Record<string, unknown> };
};

/** A module that is compiled once, when it is first used. */
export interface Compiled {
  code: () => Uint8Array<ArrayBuffer>;
  module?: object;
}

/** Addresses are compared as signed numbers. */
const mostBytes = 2 ** 31;

/** A module with memory of its own. Throws ModelError('engine') where there is not so much. */
export function instantiate(compiled: Compiled, bytes: number): { memory: ArrayBuffer; run: (...parameters: number[]) => number } {
  const memory = memoryOf(bytes);
  compiled.module ??= new WebAssembly.Module(compiled.code());
  const { exports } = new WebAssembly.Instance(compiled.module, { glassbox: { memory } });
  return { memory: memory.buffer, run: exports.run as (...parameters: number[]) => number };
}

function memoryOf(bytes: number): { readonly buffer: ArrayBuffer } {
  try {
    if (bytes > mostBytes) throw new RangeError('beyond what addresses reach');
    return new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / 2 ** 16)) });
  } catch (cause) {
    throw new ModelError(
      'engine',
      `Comparing so many images needs ${(bytes / 2 ** 30).toFixed(1)} GB of memory at once, which is too much.`,
      {
        hint: 'Choose a layer with fewer features, or fewer images.',
        cause,
      },
    );
  }
}
