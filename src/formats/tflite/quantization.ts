import type { TfliteQuantization, TfliteTensor } from './types.ts';

const quantisable = new Set(['INT4', 'INT8', 'UINT8', 'INT16', 'INT32', 'INT64']);

/**
 * The quantisation of a tensor of integers that stand for real numbers; undefined where they stand for themselves. A scale
 * of 0 is none: old converters write one to shapes.
 */
export function quantizationOf({ type, quantization }: TfliteTensor): TfliteQuantization | undefined {
  if (!quantization || !quantisable.has(type)) return undefined;
  return (type === 'INT32' || type === 'INT64') && quantization.scale.every((s) => s === 0) ? undefined : quantization;
}

/** Smallest and largest integers that activations are stored as. */
const integers: Readonly<Record<string, readonly [number, number] | undefined>> = { INT8: [-128, 127], UINT8: [0, 255] };

/** The real numbers that a tensor can hold; undefined where it is not quantised to eight bits. */
export function storable(tensor: TfliteTensor): { min: number; max: number } | undefined {
  const limits = integers[tensor.type];
  const quantization = quantizationOf(tensor);
  if (!limits || quantization?.scale.length !== 1) return undefined;
  const [scale, zeroPoint] = [quantization.scale[0] as number, quantization.zeroPoint[0] as number];
  return { min: scale * (limits[0] - zeroPoint), max: scale * (limits[1] - zeroPoint) };
}
