import type { OpAttrs } from '../../../src/graph/opset.ts';
import { broadcastAt, broadcastShape, make, type Value } from './array.ts';

/** Every input at an index, broadcast. */
export function zip(inputs: readonly Value[], f: (...values: number[]) => number): Value {
  return make(broadcastShape(inputs.map((v) => v.shape)), (index) => f(...inputs.map((v) => broadcastAt(v, index))));
}

const unary =
  (f: (x: number) => number) =>
  ([x]: Value[]) => [zip([x as Value], f)];
const nary = (f: (...values: number[]) => number) => (inputs: Value[]) => [zip(inputs, f)];
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
const hardSigmoid = (x: number, alpha: number, beta: number) => Math.max(0, Math.min(1, alpha * x + beta));

/** Error function as 2/√π·e^(−x²)·Σ 2ⁿ x^(2n+1)/(2n+1)!!: all terms of one sign, so nothing cancels. */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** Bounds are float32 in every engine. */
function clip([x]: Value[], { min, max }: OpAttrs['Clip']): Value[] {
  return [zip([x as Value], (v) => Math.min(Math.fround(max), Math.max(Math.fround(min), v)))];
}

function gelu([x]: Value[], { approximate }: OpAttrs['Gelu']): Value[] {
  const exact = (v: number) => 0.5 * v * (1 + erf(v / Math.SQRT2));
  const tanh = (v: number) => 0.5 * v * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (v + 0.044715 * v ** 3)));
  return [zip([x as Value], approximate === 'tanh' ? tanh : exact)];
}

function cast([x]: Value[], { to }: OpAttrs['Cast']): Value[] {
  const convert = (v: number) => (to === 'float32' ? v : to === 'bool' ? Number(v !== 0) : Math.trunc(v));
  return [zip([x as Value], convert)];
}

function fakeQuantize(inputs: Value[], { low, high }: OpAttrs['FakeQuantize']): Value[] {
  const nearest = (v: number) => (Math.abs(v % 1) === 0.5 ? 2 * Math.round(v / 2) : Math.round(v));
  return [
    zip(inputs, (...[x, s, z]) => {
      const code = nearest((x as number) / (s as number)) + (z as number);
      return (Math.min(high, Math.max(low, code)) - (z as number)) * (s as number);
    }),
  ];
}

export const elementwise = {
  Relu: unary((x) => Math.max(0, x)),
  LeakyRelu: ([x]: Value[], { alpha }: OpAttrs['LeakyRelu']) => [zip([x as Value], (v) => (v > 0 ? v : alpha * v))],
  PRelu: nary((x, slope) => ((x as number) > 0 ? (x as number) : (slope as number) * (x as number))),
  Clip: clip,
  Sigmoid: unary(sigmoid),
  Tanh: unary(Math.tanh),
  HardSigmoid: ([x]: Value[], { alpha, beta }: OpAttrs['HardSigmoid']) => [zip([x as Value], (v) => hardSigmoid(v, alpha, beta))],
  HardSwish: unary((x) => x * hardSigmoid(x, 1 / 6, 0.5)),
  SiLU: unary((x) => x * sigmoid(x)),
  Gelu: gelu,
  Elu: ([x]: Value[], { alpha }: OpAttrs['Elu']) => [zip([x as Value], (v) => (v > 0 ? v : alpha * Math.expm1(v)))],
  Selu: ([x]: Value[], { alpha, gamma }: OpAttrs['Selu']) => [zip([x as Value], (v) => gamma * (v > 0 ? v : alpha * Math.expm1(v)))],
  Softplus: unary(softplus),
  Softsign: unary((x) => x / (1 + Math.abs(x))),
  Mish: unary((x) => x * Math.tanh(softplus(x))),
  Erf: unary(erf),
  FakeQuantize: fakeQuantize,
  Add: nary((a, c) => (a as number) + (c as number)),
  Sub: nary((a, c) => (a as number) - (c as number)),
  Mul: nary((a, c) => (a as number) * (c as number)),
  Div: nary((a, c) => (a as number) / (c as number)),
  Pow: nary((a, c) => (a as number) ** (c as number)),
  Max: nary(Math.max),
  Min: nary(Math.min),
  Neg: unary((x) => -x),
  Abs: unary(Math.abs),
  Sign: unary(Math.sign),
  Sqrt: unary(Math.sqrt),
  Exp: unary(Math.exp),
  Log: unary(Math.log),
  Greater: nary((a, c) => Number((a as number) > (c as number))),
  Less: nary((a, c) => Number((a as number) < (c as number))),
  Equal: nary((a, c) => Number(a === c)),
  Where: nary((condition, a, c) => (condition ? (a as number) : (c as number))),
  Cast: cast,
  Identity: unary((x) => x),
};
