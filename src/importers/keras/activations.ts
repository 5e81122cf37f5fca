import type { OpAttrs, OpName } from '../../graph/opset.ts';
import { FLOAT_MAX } from '../../ops/emit.ts';
import { Attributes, normalised } from './attributes.ts';
import { excerpt, isObject, type Json } from './json.ts';
import type { LayerCall } from './layer.ts';

/** Writes an activation of value x; the last node is the layer's output. */
export type Activation = (layer: LayerCall, x: string) => string;

const unary =
  <O extends OpName>(op: O, attrs: OpAttrs[O]): Activation =>
  (layer, x) =>
    layer.op(op, [x], attrs);

/** Along the file's last axis. */
const last =
  (op: 'Softmax' | 'LogSoftmax'): Activation =>
  (layer, x) =>
    layer.op(op, [x], { axis: layer.axis(-1, layer.b.shape(x).length) });

/** By name without underscores. Formulas: https://keras.io/api/layers/activations, for Keras 2 keras/activations.py of 2.15. */
export const activations: Readonly<Record<string, Activation>> = {
  relu: unary('Relu', {}),
  relu6: unary('Clip', { min: 0, max: 6 }),
  elu: unary('Elu', { alpha: 1 }),
  selu: unary('Selu', { alpha: 1.6732632423543772, gamma: 1.0507009873554805 }),
  leakyrelu: unary('LeakyRelu', { alpha: 0.2 }),
  sigmoid: unary('Sigmoid', {}),
  // Keras 2 and TF.js: clip(0.2x + 0.5, 0, 1). Keras 3: relu6(x + 3)/6.
  hardsigmoid: (layer, x) => layer.op('HardSigmoid', [x], { alpha: layer.context.kerasVersion === 3 ? 1 / 6 : 0.2, beta: 0.5 }),
  hardsilu: unary('HardSwish', {}),
  hardswish: unary('HardSwish', {}),
  hardtanh: unary('Clip', { min: -1, max: 1 }),
  tanh: unary('Tanh', {}),
  softmax: last('Softmax'),
  logsoftmax: last('LogSoftmax'),
  softplus: unary('Softplus', {}),
  softsign: unary('Softsign', {}),
  silu: unary('SiLU', {}),
  swish: unary('SiLU', {}),
  gelu: unary('Gelu', { approximate: 'none' }),
  gelunew: unary('Gelu', { approximate: 'tanh' }),
  mish: unary('Mish', {}),
  exponential: unary('Exp', {}),
};

/** Activation layers, which may also stand in another layer's `activation`. */
export const activationLayers: Readonly<Record<string, (layer: LayerCall, attributes: Attributes, x: string) => string>> = {
  ReLU: relu,
  LeakyReLU: (layer, attributes, x) => layer.op('LeakyRelu', [x], { alpha: leak(attributes) }),
  ELU: (layer, attributes, x) => layer.op('Elu', [x], { alpha: attributes.number('alpha', 1) }),
  ThresholdedReLU: (layer, attributes, x) => thresholded(layer, x, attributes.number('theta', 1)),
  Softmax: (layer, attributes, x) => {
    const axes = attributes.integers('axis') ?? [-1];
    if (axes.length !== 1) throw layer.unsupported(`has a softmax over axes [${axes}]`);
    return layer.op('Softmax', [x], { axis: layer.axis(axes[0] as number, layer.b.shape(x).length) });
  },
  Activation: (layer, attributes, x) => activate(layer, attributes, x),
};

/** Writes `attributes.activation` of x. A linear one writes nothing. */
export function activate(layer: LayerCall, attributes: Attributes, x: string): string {
  const [name, nested] = spelled(attributes.get('activation'));
  if (nested) return (activationLayers[name] as (typeof activationLayers)[string])(layer, new Attributes(attributes.owner, nested), x);
  return name === 'linear' ? x : (activations[name] as Activation)(layer, x);
}

export function isLinear(attributes: Attributes): boolean {
  return spelled(attributes.get('activation'))[0] === 'linear';
}

/** The name of an activation this importer does not know; undefined if it knows it. */
export function unknownActivation(attributes: Attributes): string | undefined {
  const value = attributes.get('activation');
  const [name, nested] = spelled(value);
  const known = nested ? Object.hasOwn(activationLayers, name) : name === 'linear' || Object.hasOwn(activations, name);
  if (known) return nested && name === 'Activation' ? unknownActivation(new Attributes(attributes.owner, nested)) : undefined;
  return typeof value === 'string' ? value : isObject(value) && typeof value.config === 'string' ? value.config : name;
}

/**
 * An activation is written as a name, as null, as a function object `{class_name: 'function', config: 'hard_silu'}` (Keras 3)
 * or as a layer `{class_name: 'ReLU', config: {max_value: 6}}`.
 */
function spelled(value: Json | undefined): [string, (Attributes['values'] | undefined)?] {
  if (value === undefined || value === null) return ['linear'];
  if (typeof value === 'string') return [normalised(value)];
  if (isObject(value) && typeof value.config === 'string') return [normalised(value.config)];
  if (isObject(value) && typeof value.class_name === 'string' && isObject(value.config)) {
    // Functions are written as classes without attributes by TF.js: {class_name: 'relu', config: {}}.
    const plain = normalised(value.class_name);
    if (!Object.hasOwn(activationLayers, value.class_name) && Object.keys(value.config).length === 0) return [plain];
    return [value.class_name, value.config];
  }
  return [excerpt(value)];
}

function leak(attributes: Attributes): number {
  return attributes.number('negative_slope', attributes.number('alpha', 0.3));
}

/** max_value for x ≥ max_value, x for threshold ≤ x, else negative_slope·(x − threshold). */
function relu(layer: LayerCall, attributes: Attributes, x: string): string {
  const max = attributes.optionalNumber('max_value');
  const slope = attributes.number('negative_slope', 0);
  const threshold = attributes.number('threshold', 0);
  if (threshold !== 0) {
    if (max !== null || slope !== 0) throw layer.unsupported(`has a threshold (${threshold}) together with max_value or negative_slope`);
    return thresholded(layer, x, threshold);
  }
  if (slope === 0) return max === null ? layer.op('Relu', [x], {}) : layer.op('Clip', [x], { min: 0, max });
  if (max === null) return layer.op('LeakyRelu', [x], { alpha: slope });
  return layer.op('Clip', [layer.op('LeakyRelu', [x], { alpha: slope }, 'leaky')], { min: -FLOAT_MAX, max });
}

/** x where x > theta, else 0. */
function thresholded(layer: LayerCall, x: string, theta: number): string {
  const mask = layer.op('Cast', [layer.op('Greater', [x, layer.b.scalar(theta)], {}, 'above')], { to: 'float32' }, 'mask');
  return layer.op('Mul', [x, mask], {});
}
