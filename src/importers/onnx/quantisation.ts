import { tensorValues } from '../../formats/onnx/tensor.ts';
import { DataType, type TensorProto } from '../../formats/onnx/types.ts';
import { count, type Known, known } from '../known/known.ts';
import type { NodeContext } from './context.ts';

/**
 * What the integers q of a value stand for: scale·(q − zero), one pair or one per slice of `axis`. In the graph such a value
 * is the float it stands for, rounded by FakeQuantize where the file rounds.
 */
export interface Quantisation {
  scale: readonly number[];
  zero: readonly number[];
  axis: number;
  low: number;
  high: number;
  /** Scale and zero follow from the image (DynamicQuantizeLinear): the file's scale is 1 to all that reads it, the value already carries it. */
  dynamic?: true;
}

/** Pixels as integers: what they stand for is themselves. */
export const plainBytes: Quantisation = { scale: [1], zero: [0], axis: 0, low: 0, high: 255 };
export const signedBytes: Quantisation = { ...plainBytes, low: -128, high: 127 };

const ranges: Readonly<Record<number, readonly [low: number, high: number]>> = {
  [DataType.UINT8]: [0, 255],
  [DataType.INT8]: [-128, 127],
  [DataType.UINT16]: [0, 65535],
  [DataType.INT16]: [-32768, 32767],
};

/** Reads a scale and a zero point (input after it, optional: uint8 zeros). Throws where they are not constant. */
export function quantisationAt(n: NodeContext, scaleInput: number, axis: number): Quantisation {
  const scale = n.constants(scaleInput, 'scales');
  const zeroName = n.proto.inputs[scaleInput + 1];
  const given = n.constants(scaleInput + 1, 'zero points') ?? [0];
  if (!scale || scale.length === 0) throw n.corrupt(`lacks input ${scaleInput}`);
  if (scale.some((s) => !(s > 0 && Number.isFinite(s)))) throw n.corrupt(`has a scale that is not positive`);
  const zero = given.length === scale.length ? given : scale.map(() => given[0] as number);
  if (given.length !== scale.length && given.length !== 1) throw n.corrupt(`has ${scale.length} scales and ${given.length} zero points`);
  const type = zeroName ? n.scope.elementTypes.get(zeroName) : n.int('output_dtype', 0) || DataType.UINT8;
  const range = ranges[type ?? DataType.UINT8];
  const [low, high] = range ?? [-(2 ** 31), 2 ** 31 - 1];
  return { scale, zero, axis, low, high };
}

export function sameQuantisation(a: Quantisation, b: Quantisation): boolean {
  const same = (p: readonly number[], q: readonly number[]) => p.length === q.length && p.every((v, i) => v === q[i]);
  return !!a.dynamic === !!b.dynamic && same(a.scale, b.scale) && same(a.zero, b.zero) && (a.scale.length === 1 || a.axis === b.axis);
}

/** What input `i`, integers of scale and zero `q`, stands for: a value of the graph, or a constant. */
export function dequantised(n: NodeContext, i: number, q: Quantisation): string {
  const name = n.proto.inputs[i] ?? '';
  const weights = dequantisedWeights(n, i, q);
  if (weights) return n.constant(name, weights);
  const own = n.scope.quantised.get(name);
  if (!own) throw n.unsupported(`reads '${name}', which is not quantised`);
  if (own.dynamic || sameQuantisation(own, q)) return n.value(i);
  // Read with another scale than it was written with: scale·(q′ − zero) with q′ = value/own.scale + own.zero.
  if (own.scale.length !== 1 || q.scale.length !== 1) throw n.unsupported('reads integers with other scales than they were made with');
  const [factor, shift] = affine(own, q);
  const scaled = n.helper('Mul', [n.value(i), n.scope.b.scalar(factor)], {}, `rescaled${i}`);
  return shift === 0 ? scaled : n.helper('Add', [scaled, n.scope.b.scalar(shift)], {}, `shifted${i}`);
}

function affine(own: Quantisation, q: Quantisation): [factor: number, shift: number] {
  const scale = q.scale[0] as number;
  return [scale / (own.scale[0] as number), scale * ((own.zero[0] as number) - (q.zero[0] as number))];
}

/** Constant integers as the floats they stand for; undefined where input `i` is none. */
export function dequantisedWeights(
  n: NodeContext,
  i: number,
  { scale, zero, axis }: Pick<Quantisation, 'scale' | 'zero' | 'axis'>,
): Known | undefined {
  const codes = integersAt(n, i);
  if (!codes) return undefined;
  const { shape, data } = codes;
  const slices = scale.length === 1 ? 1 : shape[axis];
  if (slices !== scale.length) throw n.corrupt(`has ${scale.length} scales for axis ${axis} of [${shape}]`);
  const run = scale.length === 1 ? data.length : count(shape.slice(axis + 1));
  const out = new Float32Array(data.length);
  for (let at = 0; at < out.length; at++) {
    const c = Math.floor(at / run) % slices;
    out[at] = (Number(data[at]) - (zero[c] as number)) * Math.fround(scale[c] as number);
  }
  return known('float32', shape, out);
}

/** Constant integers of input `i`: of the file as they lie there, or folded. */
function integersAt(n: NodeContext, i: number): { shape: readonly number[]; data: ArrayLike<number | bigint> } | undefined {
  const name = n.proto.inputs[i] ?? '';
  const tensor = n.scope.codes.get(name);
  if (tensor) return { shape: tensor.dims, data: tensorValues(tensor, n.scope.external).data };
  const k = n.known(i);
  if (!k || k.dtype === 'float32') return undefined;
  return { shape: k.shape, data: k.data as readonly number[] };
}

/** Rounds a value as the file does and names it as the node's output, whose integers it stands for. */
export function requantise(n: NodeContext, value: string, q: Quantisation): void {
  const output = n.proto.outputs[0] as string;
  const rank = n.scope.b.shape(value).length;
  const shape = q.scale.length === 1 ? [] : Array.from({ length: rank }, (_, axis) => (axis === q.axis ? q.scale.length : 1));
  const constant = (what: string, values: readonly number[]) =>
    q.scale.length === 1
      ? n.scope.b.scalar(Math.fround(values[0] as number))
      : n.constant(`${output}:${what}`, known('float32', shape, values));
  n.emit('FakeQuantize', [value, constant('scale', q.scale), constant('zero', q.zero)], { low: q.low, high: q.high });
  n.scope.quantised.set(output, q);
}

/** A number that stands among integers of input 0 (the value of a Pad), as the float it stands for. */
export function realNumber(n: NodeContext, value: number): number {
  const q = n.scope.quantised.get(n.proto.inputs[0] ?? '');
  if (!q) return value;
  if (q.scale.length !== 1 || q.dynamic) throw n.unsupported('pads integers of several scales');
  return (value - (q.zero[0] as number)) * (q.scale[0] as number);
}

/** Whether integers of this type may be weights: kept as they are in the file until something reads them. */
export function areCodes({ dataType, dims }: TensorProto): boolean {
  return (dataType === DataType.INT8 || dataType === DataType.UINT8) && count(dims) > 1;
}
