import { activationLayers, activations } from '../activations.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { type Binary, fold, unit, values } from '../layers/merge.ts';

const binary = (op: Binary): LayerClass => ({ emit: (layer) => fold(layer, op, 2) });
const unary = (op: 'Neg' | 'Abs' | 'Sqrt' | 'Exp' | 'Log' | 'Sign' | 'Erf'): LayerClass => ({
  emit: (layer) => layer.op(op, [layer.input], {}),
});
const same: LayerClass = { emit: (layer) => layer.input };
const activation = (name: string): LayerClass => ({
  emit: (layer) => (activations[name] as (typeof activations)[string])(layer, layer.input),
});
const asLayer = (name: string): LayerClass => ({
  emit: (layer) => (activationLayers[name] as (typeof activationLayers)[string])(layer, layer.attributes, layer.input),
});
const compared = (op: 'Greater' | 'Less' | 'Equal'): LayerClass => ({ emit: (layer) => layer.op(op, values(layer, 2), {}) });

export const elementwiseOperations: Readonly<Record<string, LayerClass>> = {
  Add: binary('Add'),
  Subtract: binary('Sub'),
  Multiply: binary('Mul'),
  Divide: binary('Div'),
  TrueDivide: binary('Div'),
  Maximum: binary('Max'),
  Minimum: binary('Min'),
  Power: binary('Pow'),
  Negative: unary('Neg'),
  Abs: unary('Abs'),
  Absolute: unary('Abs'),
  Sqrt: unary('Sqrt'),
  Exp: unary('Exp'),
  Log: unary('Log'),
  Sign: unary('Sign'),
  Erf: unary('Erf'),
  Square: { emit: (layer) => layer.op('Mul', [layer.input, layer.input], {}) },
  Reciprocal: { emit: (layer) => inverse(layer, layer.input) },
  Rsqrt: { emit: (layer) => inverse(layer, layer.op('Sqrt', [layer.input], {}, 'root')) },
  Clip: { emit: clip },
  Normalize: {
    emit: (layer) => unit(layer, layer.input, [layer.axis(layer.attributes.integers('axis')?.[0] ?? -1)]),
    refuses: (a) => (a.number('order', 2) === 2 && a.get('epsilon') === undefined ? undefined : 'Normalize with order or epsilon'),
  },
  Copy: same,
  StopGradient: same,
  Cast: {
    emit: (layer) => layer.input,
    refuses: (a) => (/^(b?float(16|32)|float)?$/.test(a.word('dtype', '')) ? undefined : `to ${a.word('dtype', '')}`),
  },
  Greater: compared('Greater'),
  Less: compared('Less'),
  Equal: compared('Equal'),
  Where: { emit: (layer) => layer.op('Where', values(layer, 3), {}) },
  Relu: activation('relu'),
  Relu6: activation('relu6'),
  Selu: activation('selu'),
  Silu: activation('silu'),
  Sigmoid: activation('sigmoid'),
  Tanh: activation('tanh'),
  Softplus: activation('softplus'),
  Softsign: activation('softsign'),
  HardSigmoid: activation('hardsigmoid'),
  HardSilu: activation('hardsilu'),
  HardTanh: activation('hardtanh'),
  ReLU: asLayer('ReLU'),
  Elu: asLayer('ELU'),
  LeakyRelu: { emit: (layer) => layer.op('LeakyRelu', [layer.input], { alpha: layer.attributes.number('negative_slope', 0.2) }) },
  Gelu: {
    emit: (layer) => layer.op('Gelu', [layer.input], { approximate: layer.attributes.boolean('approximate', true) ? 'tanh' : 'none' }),
  },
  Softmax: asLayer('Softmax'),
  LogSoftmax: {
    emit: (layer) => layer.op('LogSoftmax', [layer.input], { axis: layer.axis(layer.attributes.integers('axis')?.[0] ?? -1) }),
  },
};

function inverse(layer: LayerCall, x: string): string {
  return layer.op('Div', [layer.b.scalar(1), x], {});
}

function clip(layer: LayerCall): string {
  const { attributes } = layer;
  return layer.op('Clip', [layer.input], { min: attributes.number('x_min', 0), max: attributes.number('x_max', 0) });
}
