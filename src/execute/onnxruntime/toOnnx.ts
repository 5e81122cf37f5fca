import type { AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfoProto } from '../../formats/onnx/types.ts';
import { DataType, rawTensor } from '../../formats/onnx/types.ts';
import type { Graph, Node, NodeOf, Tensor, ValueType } from '../../graph/graph.ts';
import type { Dim, DType, OpName, Shape } from '../../graph/opset.ts';

/** Gelu, dilated AveragePool and Resize by axes need 18 to 20; runtimes of the last two years have it. */
const targetOpset = 20;

const dataTypes: Record<DType, number> = {
  float32: DataType.FLOAT,
  int64: DataType.INT64,
  int32: DataType.INT32,
  uint8: DataType.UINT8,
  bool: DataType.BOOL,
};

/**
 * A graph as an ONNX model: operators one to one, but for what ONNX passes as constant tensors and for SiLU. `freeSizes`: rows
 * and columns of images are left open.
 */
export function toOnnx(graph: Graph, { freeSizes = false }: { freeSizes?: boolean } = {}): ModelProto {
  const out = new Emitter();
  for (const node of graph.nodes) emit(node, out);
  const read = new Set([...graph.nodes.flatMap((n) => n.inputs), ...graph.outputs]);
  const weights = [...graph.constants].filter(([name]) => read.has(name)).map(([name, tensor]) => initializer(name, tensor));
  return {
    irVersion: 9,
    producerName: 'Glassbox',
    opsetImports: [{ domain: '', version: targetOpset }],
    graph: {
      name: 'glassbox',
      nodes: out.nodes,
      initializers: [...weights, ...out.initializers],
      inputs: [...graph.inputs].map(([name, type]) => valueInfo(name, type, freeSizes)),
      outputs: graph.outputs.map((name) => valueInfo(name, graph.types.get(name) as ValueType, freeSizes)),
    },
  };
}

function initializer(name: string, { dtype, shape, data }: Tensor): TensorProto {
  return rawTensor(name, dataTypes[dtype], shape, data);
}

function valueInfo(name: string, { dtype, shape }: ValueType, freeSizes: boolean): ValueInfoProto {
  // A size 'N' that is no image batch (flattened planes) must not be tied to the batch's name.
  const open = (d: Dim, axis: number) => d === 'N' || (freeSizes && shape.length === 4 && axis >= 2);
  return { name, elemType: dataTypes[dtype], shape: shape.map((d, axis) => (open(d, axis) ? '' : d)) };
}

/** Collects ONNX nodes and the small constants they need. */
class Emitter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly #int64 = new Map<string, string>();

  node(opType: string, inputs: readonly string[], outputs: readonly string[], attributes: readonly AttributeProto[] = []): void {
    this.nodes.push({ opType, inputs, outputs, attributes, name: outputs[0] ?? opType });
  }

  /** Name of a shared int64 vector. */
  ints(values: readonly number[]): string {
    const key = `ints:${values.join(',')}`;
    if (!this.#int64.has(key)) {
      this.#int64.set(key, key);
      this.initializers.push(
        rawTensor(
          key,
          DataType.INT64,
          [values.length],
          BigInt64Array.from(values, (v) => BigInt(v)),
        ),
      );
    }
    return key;
  }

  /** Whether a value is made by padding. */
  isPadded(value: string): boolean {
    return this.nodes.some(({ opType, outputs }) => opType === 'Pad' && outputs[0] === value);
  }

  float(value: number): string {
    const key = `float:${value}`;
    if (!this.#int64.has(key)) {
      this.#int64.set(key, key);
      this.initializers.push(rawTensor(key, DataType.FLOAT, [], Float32Array.of(value)));
    }
    return key;
  }
}

const int = (name: string, value: number | boolean): AttributeProto => ({ name, type: 'int', value: Number(value) });
const ints = (name: string, value: readonly number[]): AttributeProto => ({ name, type: 'ints', value });
const float = (name: string, value: number): AttributeProto => ({ name, type: 'float', value });
const string = (name: string, value: string): AttributeProto => ({ name, type: 'string', value });
const sizes = (shape: Shape, batch: number) => shape.map((d) => (d === 'N' ? batch : d));

type Writer<O extends OpName> = (node: NodeOf<O>, out: Emitter) => void;

/** Operators whose ONNX form is more than inputs and plain attributes. */
type Special = { [O in OpName]?: Writer<O> };

/** ONNX attributes of the operators that map one to one. */
type Attributes = { [O in Exclude<OpName, keyof typeof special>]: (attrs: NodeOf<O>['attrs']) => readonly AttributeProto[] };

const reduce =
  (opType: string): Writer<'ReduceMean' | 'ReduceSum' | 'ReduceMax' | 'ReduceMin'> =>
  ({ inputs, outputs, attrs }, out) =>
    out.node(opType, [...inputs, out.ints(attrs.axes)], outputs, [int('keepdims', attrs.keepdims)]);

const special = {
  SiLU: ({ inputs, outputs }, out) => {
    const [x, y] = [inputs[0] as string, outputs[0] as string];
    out.node('Sigmoid', [x], [`${y}:sigmoid`]);
    out.node('Mul', [x, `${y}:sigmoid`], [y]);
  },
  Clip: ({ inputs, outputs, attrs }, out) => out.node('Clip', [...inputs, out.float(attrs.min), out.float(attrs.max)], outputs),
  // Not QuantizeLinear and DequantizeLinear: onnxruntime would put its integer kernels, which round otherwise, around them.
  FakeQuantize: ({ inputs, outputs, attrs }, out) => {
    const [x, scale, zero] = inputs as [string, string, string];
    const [y] = outputs as [string];
    const steps = [`${y}:steps`, `${y}:round`, `${y}:code`, `${y}:clip`, `${y}:offset`] as const;
    out.node('Div', [x, scale], [steps[0]]);
    out.node('Round', [steps[0]], [steps[1]]);
    out.node('Add', [steps[1], zero], [steps[2]]);
    out.node('Clip', [steps[2], out.float(attrs.low), out.float(attrs.high)], [steps[3]]);
    out.node('Sub', [steps[3], zero], [steps[4]]);
    out.node('Mul', [steps[4], scale], [y]);
  },
  Split: ({ inputs, outputs, attrs }, out) => out.node('Split', [...inputs, out.ints(attrs.sizes)], outputs, [int('axis', attrs.axis)]),
  Slice: ({ inputs, outputs, attrs: { starts, ends, axes, steps } }, out) =>
    out.node('Slice', [...inputs, out.ints(starts), out.ints(ends), out.ints(axes), out.ints(steps)], outputs),
  Pad: ({ inputs, outputs, attrs }, out) =>
    out.node('Pad', [inputs[0] as string, inputs[1] ?? out.ints(attrs.pads), out.float(attrs.value)], outputs, [
      string('mode', attrs.mode),
    ]),
  Reshape: ({ inputs, outputs, attrs }, out) => out.node('Reshape', [...inputs, out.ints(sizes(attrs.shape, -1))], outputs),
  // Expand broadcasts both ways: 1 keeps the input's batch.
  Expand: ({ inputs, outputs, attrs }, out) => out.node('Expand', [...inputs, out.ints(sizes(attrs.shape, 1))], outputs),
  Squeeze: ({ inputs, outputs, attrs }, out) => out.node('Squeeze', [...inputs, out.ints(attrs.axes)], outputs),
  Unsqueeze: ({ inputs, outputs, attrs }, out) => out.node('Unsqueeze', [...inputs, out.ints(attrs.axes)], outputs),
  Resize: ({ inputs, outputs, attrs }, out) =>
    out.node('Resize', [inputs[0] as string, '', '', out.ints(attrs.sizes)], outputs, [
      string('mode', attrs.mode),
      string('coordinate_transformation_mode', attrs.coordinates),
      string('nearest_mode', 'floor'),
      ints('axes', [2, 3]),
    ]),
  AveragePool: ({ inputs, outputs, attrs }, out) => {
    let [x] = inputs as [string];
    if (out.isPadded(x)) {
      // onnxruntime 1.30 makes such a Pad part of the pool, and then refuses wide ones and, with ceil, drops the last windows.
      // A maximum of one value keeps them apart.
      out.node('Max', [x], [`${outputs[0]}:padded`]);
      x = `${outputs[0]}:padded`;
    }
    out.node('AveragePool', [x], outputs, [...window(attrs), int('count_include_pad', attrs.countIncludePad)]);
  },
  ReduceMean: reduce('ReduceMean'),
  ReduceSum: reduce('ReduceSum'),
  ReduceMax: reduce('ReduceMax'),
  ReduceMin: reduce('ReduceMin'),
} satisfies Special;

const none = (): readonly AttributeProto[] => [];
const window = (a: NodeOf<'MaxPool' | 'AveragePool'>['attrs']) => [
  ints('kernel_shape', a.kernel),
  ints('strides', a.strides),
  ints('dilations', a.dilations),
  ints('pads', a.pads),
  int('ceil_mode', a.ceilMode),
];
const convolution = (a: NodeOf<'Conv' | 'ConvTranspose'>['attrs']) => [
  ints('strides', a.strides),
  ints('dilations', a.dilations),
  ints('pads', a.pads),
  int('group', a.group),
];
const alpha = (a: { alpha: number }) => [float('alpha', a.alpha)];
const axis = (a: { axis: number }) => [int('axis', a.axis)];

const attributes: Attributes = {
  Conv: convolution,
  ConvTranspose: (a) => [...convolution(a), ints('output_padding', a.outputPadding)],
  Gemm: (a) => [int('transA', a.transA), int('transB', a.transB), float('alpha', a.alpha), float('beta', a.beta)],
  MatMul: none,
  BatchNormalization: (a) => [float('epsilon', a.epsilon)],
  LayerNormalization: (a) => [int('axis', a.axis), float('epsilon', a.epsilon)],
  LRN: (a) => [int('size', a.size), float('alpha', a.alpha), float('beta', a.beta), float('bias', a.bias)],
  Relu: none,
  LeakyRelu: alpha,
  PRelu: none,
  Sigmoid: none,
  Tanh: none,
  HardSigmoid: (a) => [float('alpha', a.alpha), float('beta', a.beta)],
  HardSwish: none,
  Gelu: (a) => [string('approximate', a.approximate)],
  Elu: alpha,
  Selu: (a) => [float('alpha', a.alpha), float('gamma', a.gamma)],
  Softplus: none,
  Softsign: none,
  Mish: none,
  Erf: none,
  Softmax: axis,
  LogSoftmax: axis,
  MaxPool: window,
  GlobalAveragePool: none,
  GlobalMaxPool: none,
  Add: none,
  Sub: none,
  Mul: none,
  Div: none,
  Pow: none,
  Max: none,
  Min: none,
  Neg: none,
  Abs: none,
  Sign: none,
  Sqrt: none,
  Exp: none,
  Log: none,
  Greater: none,
  Less: none,
  Equal: none,
  Where: none,
  Cast: (a) => [int('to', dataTypes[a.to])],
  Identity: none,
  Concat: axis,
  Flatten: axis,
  Transpose: (a) => [ints('perm', a.perm)],
  DepthToSpace: (a) => [int('blocksize', a.blocksize), string('mode', a.mode)],
  Gather: axis,
  ScatterElements: (a) => [int('axis', a.axis), string('reduction', 'add')],
  ArgMax: (a) => [int('axis', a.axis), int('keepdims', a.keepdims)],
};

function emit(node: Node, out: Emitter): void {
  if (isSpecial(node.op)) {
    (special[node.op] as unknown as Writer<OpName>)(node as NodeOf<OpName>, out);
  } else {
    const write = attributes[node.op] as (attrs: Node['attrs']) => readonly AttributeProto[];
    out.node(node.op, node.inputs, node.outputs, write(node.attrs));
  }
}

function isSpecial(op: OpName): op is keyof typeof special {
  return op in special;
}
