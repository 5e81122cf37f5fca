import type { Filters } from '../../../src/shared/unitsProtocol.ts';

/** Of the weights of one unit. */
export interface KernelFacts {
  min: number;
  max: number;
  /** Largest |weight|. */
  reach: number;
  /** √Σw² */
  norm: number;
}

const known = new WeakMap<Filters, Map<number, KernelFacts>>();
const ranked = new WeakMap<Filters, Map<number, Uint32Array>>();

/** [inputs,rows,columns] of one of the units sent. */
export function kernelOf({ values, info, from }: Filters, unit: number): Float32Array {
  const size = info.inputs * info.kernel[0] * info.kernel[1];
  return values.subarray((unit - from) * size, (unit - from + 1) * size);
}

export function factsOf(filters: Filters, unit: number): KernelFacts {
  return once(known, filters, unit, measure);
}

/** Inputs of a 1 × 1 kernel, largest |weight| first. */
export function inputsBySize(filters: Filters, unit: number): Uint32Array {
  return once(ranked, filters, unit, (kernel) => {
    const size = (input: number) => Math.abs(kernel[input] ?? 0);
    return Uint32Array.from(kernel.keys()).sort((a, b) => size(b) - size(a));
  });
}

/** The first input channel that a unit of `units` reads: kernels of a group read that group only. */
export function firstInput({ info }: Pick<Filters, 'info'>, unit: number, units: number): number {
  return Math.floor(unit / Math.max(1, units / info.group)) * info.inputs;
}

function once<T>(cache: WeakMap<Filters, Map<number, T>>, filters: Filters, unit: number, make: (kernel: Float32Array) => T): T {
  const own = cache.get(filters) ?? new Map<number, T>();
  cache.set(filters, own);
  const value = own.get(unit) ?? make(kernelOf(filters, unit));
  own.set(unit, value);
  return value;
}

function measure(kernel: Float32Array): KernelFacts {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let squares = 0;
  for (const weight of kernel) {
    if (weight < min) min = weight;
    if (weight > max) max = weight;
    squares += weight * weight;
  }
  return { min, max, reach: Math.max(-min, max, 0), norm: Math.sqrt(squares) };
}
