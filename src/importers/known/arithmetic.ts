import type { DType } from '../../graph/opset.ts';
import { count, type Known, known, maxElements, type Scalar } from './known.ts';
import { expand } from './move.ts';

/** Element-wise operators on known tensors. A result that is no multiple of the batch size is unknown: undefined. */
type Binary = (a: number, b: number) => number;
type Symbolic = (a: Scalar, b: Scalar) => Scalar | boolean | undefined;

const isInteger = (dtype: DType): boolean => dtype !== 'float32';
const batches = (s: Scalar): number => (typeof s === 'number' ? 0 : s.batches);
const multiple = (k: number): Scalar => (k === 0 ? 0 : { batches: k });

/** Integer division truncates towards zero (ONNX Div). */
export const arithmetic: Readonly<Record<string, ((integer: boolean) => Binary) | undefined>> = {
  Add: () => (a, b) => a + b,
  Sub: () => (a, b) => a - b,
  Mul: () => (a, b) => a * b,
  Div: (integer) => (integer ? (a, b) => Math.trunc(a / b) : (a, b) => a / b),
  Mod: () => (a, b) => a - b * Math.floor(a / b),
  Pow: () => (a, b) => a ** b,
  Min: () => Math.min,
  Max: () => Math.max,
};

export const comparison: Readonly<Record<string, Binary | undefined>> = {
  Equal: (a, b) => Number(a === b),
  Less: (a, b) => Number(a < b),
  Greater: (a, b) => Number(a > b),
  LessOrEqual: (a, b) => Number(a <= b),
  GreaterOrEqual: (a, b) => Number(a >= b),
  And: (a, b) => Number(a !== 0 && b !== 0),
  Or: (a, b) => Number(a !== 0 || b !== 0),
};

/** The rules for n·N, where at least one operand is one. N is positive and unknown. */
const symbolic: Readonly<Record<string, Symbolic>> = {
  Add: (a, b) => (a === 0 ? b : b === 0 ? a : batches(a) && batches(b) ? multiple(batches(a) + batches(b)) : undefined),
  Sub: (a, b) => (b === 0 ? a : batches(a) && batches(b) ? multiple(batches(a) - batches(b)) : undefined),
  Mul: (a, b) => (typeof a === 'number' ? multiple(a * batches(b)) : typeof b === 'number' ? multiple(b * batches(a)) : undefined),
  Div: (a, b) => {
    if (typeof b !== 'number') return batches(a) && batches(a) % batches(b) === 0 ? batches(a) / batches(b) : undefined;
    return batches(a) % b === 0 ? multiple(batches(a) / b) : undefined;
  },
  // Shape arithmetic compares sizes with 0 and −1 ("unset"), which no positive multiple of N equals.
  Equal: (a, b) => (batches(a) === batches(b) && batches(a) ? 1 : Number(typeof a === 'number' ? a : b) <= 0 ? 0 : undefined),
};

export function binary(op: string, a: Known, b: Known): Known | undefined {
  const compare = comparison[op];
  const plain = compare ?? arithmetic[op]?.(isInteger(a.dtype));
  const shape = broadcastShape(a.shape, b.shape, a.dtype);
  if (!plain || !shape) return undefined;
  const [p, q] = [expand(a, shape), expand(b, shape)];
  const dtype = compare ? 'bool' : a.dtype;
  if (p.dtype === 'float32' && q.dtype === 'float32') {
    const values = p.data.map((x, i) => plain(x, q.data[i] as number));
    return known(dtype, shape, values);
  }
  const data: Scalar[] = [];
  for (let i = 0; i < p.data.length; i++) {
    const [x, y] = [p.data[i] as Scalar, q.data[i] as Scalar];
    const value = typeof x === 'number' && typeof y === 'number' ? plain(x, y) : symbolic[op]?.(x, y);
    if (value === undefined || typeof value === 'boolean') return undefined;
    data.push(value);
  }
  return known(dtype, shape, data);
}

export const unaryFunctions: Readonly<Record<string, (x: number) => number>> = {
  Neg: (x) => -x,
  Abs: Math.abs,
  Floor: Math.floor,
  Ceil: Math.ceil,
  Sqrt: Math.sqrt,
  Exp: Math.exp,
  Log: Math.log,
  Reciprocal: (x) => 1 / x,
  Sin: Math.sin,
  Cos: Math.cos,
  Tanh: Math.tanh,
  Sign: Math.sign,
  Sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  Relu: (x) => Math.max(0, x),
  Softplus: (x) => Math.log1p(Math.exp(x)),
  Not: (x) => Number(x === 0),
  Round: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)),
};

export function unary(op: string, a: Known): Known | undefined {
  const f = unaryFunctions[op];
  if (!f) return undefined;
  if (a.dtype === 'float32') return known(a.dtype, a.shape, a.data.map(f));
  const data = a.data.map((v) => (typeof v === 'number' ? f(v) : op === 'Neg' ? multiple(-v.batches) : undefined));
  return data.every((v) => v !== undefined) ? known(a.dtype, a.shape, data as Scalar[]) : undefined;
}

export function where(condition: Known, a: Known, b: Known): Known | undefined {
  const inner = broadcastShape(a.shape, b.shape, a.dtype);
  const shape = inner && broadcastShape(condition.shape, inner, a.dtype);
  if (!shape) return undefined;
  const [c, p, q] = [expand(condition, shape), expand(a, shape), expand(b, shape)];
  return known(
    a.dtype,
    shape,
    Array.from(c.data, (v, i) => (v === 0 ? q.data[i] : p.data[i]) as Scalar),
  );
}

export function cast(a: Known, to: DType): Known | undefined {
  if (a.dtype === to) return a;
  const numeric = (v: Scalar): Scalar => {
    if (typeof v !== 'number') return v;
    if (to === 'bool') return Number(v !== 0);
    return to === 'float32' ? v : Math.trunc(v);
  };
  if (to !== 'float32') return known(to, a.shape, Array.from(a.data, numeric));
  return a.data.every((v) => typeof v === 'number') ? known(to, a.shape, Array.from(a.data as readonly number[])) : undefined;
}

/** Product of all values, the shape arithmetic of "how many elements". */
export function product(a: Known, keepdims: boolean): Known | undefined {
  let total: Known | undefined = known(a.dtype, [], [1]);
  for (const v of a.data) total = total && binary('Mul', total, known(a.dtype, [], [v as Scalar]));
  return total && known(a.dtype, keepdims ? a.shape.map(() => 1) : [], total.data);
}

function broadcastShape(a: readonly number[], b: readonly number[], dtype: DType): number[] | undefined {
  const rank = Math.max(a.length, b.length);
  const out: number[] = [];
  for (let i = 0; i < rank; i++) {
    const p = a[i - rank + a.length] ?? 1;
    const q = b[i - rank + b.length] ?? 1;
    if (p !== q && p !== 1 && q !== 1) return undefined;
    out.push(p === 1 ? q : p);
  }
  return count(out) <= maxElements(dtype) ? out : undefined;
}
