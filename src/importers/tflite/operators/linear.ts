import { type OperatorView, Refused, type Translate } from './operator.ts';

/** Attributes of a window over rows and columns. */
export function windowAttrs(o: OperatorView) {
  const padding = ['SAME', 'VALID'][o.number('padding')];
  if (padding === undefined) throw new Refused(`has padding ${o.number('padding')}, which is not supported`);
  return { strides: [1, o.number('stride_h'), o.number('stride_w'), 1], padding, data_format: 'NHWC' };
}

const dilations = (o: OperatorView) => [1, o.number('dilation_h_factor'), o.number('dilation_w_factor'), 1];
const bias = (o: OperatorView, i: number) => (o.has(i) ? ['BiasAdd'] : []);

/** [x, weights [O,H,W,I], bias?]. Weights of fewer input channels are a grouped convolution, as in TensorFlow. */
const CONV_2D: Translate = (o) => ({
  op: '_FusedConv2D',
  attrs: { ...windowAttrs(o), dilations: dilations(o), filter_format: 'OHWI', ...o.fused(...bias(o, 2)) },
});

/** [x, weights [1,H,W,I·multiplier], bias?]; the multiplier follows from the shapes, which the runtime believes too. */
const DEPTHWISE_CONV_2D: Translate = (o) => ({
  op: 'FusedDepthwiseConv2dNative',
  attrs: { ...windowAttrs(o), dilations: dilations(o), filter_format: '1HWO', ...o.fused(...bias(o, 2)) },
});

/** [output shape, weights [O,H,W,I], x, bias?]. */
const TRANSPOSE_CONV: Translate = (o) => ({
  op: 'Conv2DBackpropInput',
  attrs: { ...windowAttrs(o), filter_format: 'OHWI', ...o.fused(...bias(o, 3)) },
});

/** [x, weights [O,I], bias?]: x is rows of I values, however many axes it has, or keeps its axes. */
const FULLY_CONNECTED: Translate = (o) => {
  if (o.number('weights_format') !== 0) throw new Refused('has shuffled weights, which are not supported');
  const [, depth, ...more] = o.tensor(1).shape;
  if (depth === undefined || more.length > 0) throw o.corrupt(`has weights of shape [${o.tensor(1).shape}]`);
  const flat = o.tensor(0).shape.length === 2 && o.tensor(0).shape[1] === depth;
  const rows =
    flat || o.flag('keep_num_dims') ? o.input(0) : o.before('rows', 'Reshape', [o.input(0), o.constant('shape', 'int32', [-1, depth])]);
  return { op: '_FusedMatMul', inputs: [rows, ...o.inputs.slice(1)], attrs: { transpose_b: true, ...o.fused(...bias(o, 2)) } };
};

const BATCH_MATMUL: Translate = (o) => ({ op: 'BatchMatMulV2', attrs: { adj_x: o.flag('adj_x'), adj_y: o.flag('adj_y') } });

export const linear = { BATCH_MATMUL, CONV_2D, DEPTHWISE_CONV_2D, FULLY_CONNECTED, TRANSPOSE_CONV };
