// Small ONNX models, written with our own writer.
import {
  type AttributeProto,
  DataType,
  type ModelProto,
  type NodeProto,
  rawTensor,
  type TensorProto,
} from '../../src/formats/onnx/types.ts';
import { encodeModel } from '../../src/formats/onnx/write.ts';
import type { ModelSource } from '../../src/importers/model.ts';
import { ModelError } from '../../src/shared/errors.ts';

export const int = (name: string, value: number): AttributeProto => ({ name, type: 'int', value });
export const ints = (name: string, value: readonly number[]): AttributeProto => ({ name, type: 'ints', value });
export const float = (name: string, value: number): AttributeProto => ({ name, type: 'float', value });
export const floats = (name: string, value: readonly number[]): AttributeProto => ({ name, type: 'floats', value });
export const string = (name: string, value: string): AttributeProto => ({ name, type: 'string', value });
export const tensor = (name: string, value: TensorProto): AttributeProto => ({ name, type: 'tensor', value });

/** `inputs` and `outputs` are names with spaces between; `_` is an absent optional one. The node is named as its first output with `n_` in front. */
export function node(opType: string, inputs: string, outputs: string, ...attributes: AttributeProto[]): NodeProto {
  const names = (list: string) => (list === '' ? [] : list.split(' ').map((name) => (name === '_' ? '' : name)));
  return { opType, inputs: names(inputs), outputs: names(outputs), attributes, name: `n_${names(outputs)[0]}` };
}

/** Numbers in [−1, 1) that look random and are always the same. */
export function noise(count: number, seed = 1): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

const sizeOf = (dims: readonly number[]) => dims.reduce((n, d) => n * d, 1);

export function weight(
  name: string,
  dims: readonly number[],
  data: ArrayLike<number> = noise(sizeOf(dims), name.length + dims.length),
): TensorProto {
  return rawTensor(name, DataType.FLOAT, dims, Float32Array.from(data));
}

export function integers(name: string, values: readonly number[], dims: readonly number[] = [values.length]): TensorProto {
  return rawTensor(name, DataType.INT64, dims, BigInt64Array.from(values, BigInt));
}

export interface Small {
  opset?: number;
  nodes: readonly NodeProto[];
  initializers?: readonly TensorProto[];
  /** Shape of input `x`. */
  input?: readonly (number | string)[];
  outputs?: readonly string[];
  metadata?: Record<string, string>;
  inputsToo?: boolean;
}

export function smallModel({
  opset = 17,
  nodes,
  initializers = [],
  input = ['N', 3, 6, 8],
  outputs = ['logits'],
  ...rest
}: Small): ModelProto {
  const listed = rest.inputsToo ? initializers.map((t) => ({ name: t.name, elemType: t.dataType, shape: t.dims })) : [];
  return {
    irVersion: opset < 9 ? 3 : 8,
    producerName: 'test',
    opsetImports: [{ domain: '', version: opset }],
    graph: {
      name: 'small',
      nodes,
      initializers,
      inputs: [{ name: 'x', elemType: DataType.FLOAT, shape: input }, ...listed],
      outputs: outputs.map((name) => ({ name, elemType: DataType.FLOAT })),
    },
    ...(rest.metadata && { metadata: rest.metadata }),
  };
}

export function sourceOf(
  model: ModelProto | Uint8Array,
  files: Record<string, Uint8Array> = {},
  inputSize?: [number, number],
): ModelSource {
  return {
    file: 'folder/model.onnx',
    bytes: model instanceof Uint8Array ? model : encodeModel(model),
    read: async (name) => {
      const bytes = files[name];
      if (!bytes) throw new ModelError('file-missing', `There is no file '${name}'.`);
      return bytes;
    },
    ...(inputSize && { inputSize }),
  };
}

/** conv → relu → global average pool → flatten → gemm: the smallest classifier with every stage. */
export function classifier(overrides: Partial<Small> = {}): ModelProto {
  return smallModel({
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
      node('Relu', 'conv', 'relu'),
      node('GlobalAveragePool', 'relu', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
    ],
    initializers: [weight('w1', [4, 3, 3, 3]), weight('b1', [4]), weight('w2', [5, 4]), weight('b2', [5])],
    ...overrides,
  });
}

/** Two convolutions of which a sum reads the first, too: no logit is a linear function of it. */
export function branched(w1 = noise(108, 3), b1 = noise(4, 5)): Partial<Small> {
  return {
    nodes: [
      node('Conv', 'x w1 b1', 'conv', ints('pads', [1, 1, 1, 1])),
      node('Relu', 'conv', 'relu'),
      node('Conv', 'relu w3 b3', 'second', ints('pads', [1, 1, 1, 1])),
      node('Sigmoid', 'second', 'gate'),
      node('Add', 'gate relu', 'sum'),
      node('GlobalMaxPool', 'sum', 'pool'),
      node('Flatten', 'pool', 'flat'),
      node('Gemm', 'flat w2 b2', 'logits', int('transB', 1)),
    ],
    initializers: [
      weight('w1', [4, 3, 3, 3], w1),
      weight('b1', [4], b1),
      weight('w3', [4, 4, 3, 3]),
      weight('b3', [4]),
      weight('w2', [5, 4]),
      weight('b2', [5]),
    ],
  };
}
