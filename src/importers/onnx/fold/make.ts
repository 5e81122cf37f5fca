import type { DType } from '../../../graph/opset.ts';
import { product } from '../../known/arithmetic.ts';
import { batch, count, type Known, known, maxElements, numbers, type Scalar } from '../../known/known.ts';
import type { NodeContext } from '../context.ts';

/** Known tensors that nodes make: of the shapes of values, of attributes, of numbers. */

export function shapeOf(n: NodeContext): Known | undefined {
  const shape = n.shape(0);
  const dims = shape.slice(n.int('start', 0), n.int('end', shape.length)).map((d): Scalar => (d === 'N' ? batch : d));
  return known('int64', [dims.length], dims);
}

export function sizeOf(n: NodeContext): Known | undefined {
  const dims = n.shape(0).map((d): Scalar => (d === 'N' ? batch : d));
  return product(known('int64', [dims.length], dims), false);
}

export function constant(n: NodeContext): Known | undefined {
  const tensor = n.tensor('value');
  if (tensor) return n.scope.decode({ ...tensor, name: tensor.name || n.name });
  const [attribute] = n.proto.attributes;
  switch (attribute?.name) {
    case 'value_float':
      return known('float32', [], [n.float('value_float', 0)]);
    case 'value_int':
      return known('int64', [], [n.int('value_int', 0)]);
    case 'value_floats': {
      const values = n.floats('value_floats') ?? [];
      return known('float32', [values.length], values);
    }
    case 'value_ints': {
      const values = n.ints('value_ints') ?? [];
      return known('int64', [values.length], values);
    }
    default:
      throw n.unsupported(`has a constant in attribute '${attribute?.name ?? ''}', which is not supported`);
  }
}

export function constantOfShape(n: NodeContext, [shape]: readonly [Known, ...unknown[]]): Known | undefined {
  const dims = numbers(shape);
  if (!dims) return undefined;
  const tensor = n.tensor('value');
  const value = tensor && n.scope.decode(tensor);
  const size = count(bounded(n, Array.from(dims), value?.dtype ?? 'float32'));
  if (!value || value.dtype === 'float32') {
    const data = new Float32Array(size);
    if (value?.data[0]) data.fill(value.data[0]);
    return known('float32', Array.from(dims), data);
  }
  return known(value.dtype, Array.from(dims), new Array<Scalar>(size).fill(value.data[0] ?? 0));
}

export function range(n: NodeContext, inputs: readonly [Known, ...(Known | undefined)[]]): Known | undefined {
  const [start, limit, delta] = inputs.map((k) => k && numbers(k)?.[0]);
  if (start === undefined || limit === undefined || delta === undefined) return undefined;
  const size = Math.max(0, Math.ceil((limit - start) / delta));
  bounded(n, [size], 'int64');
  return known(
    inputs[0].dtype,
    [size],
    Array.from({ length: size }, (_, i) => start + i * delta),
  );
}

/** Throws where a few bytes of file would make a tensor beyond all bounds. */
export function bounded(n: NodeContext, shape: readonly number[], dtype: DType): readonly number[] {
  if (shape.some((d) => !(d >= 0)) || count(shape) > maxElements(dtype)) throw n.corrupt(`makes a constant of shape [${shape}]`);
  return shape;
}
