import { activations } from '../activations.ts';
import type { Attributes } from '../attributes.ts';
import { excerpt, isArray, isObject, type Json, type JsonObject } from '../json.ts';
import type { CallOperand, LayerCall, LayerClass } from '../layer.ts';
import { type Binary, fold } from './merge.ts';

/** What a TensorFlow function does: a binary operator, an activation, or nothing. */
type Meaning = { binary: Binary } | { activation: string } | 'identity';

/** TensorFlow functions (`config.function` without `tf.`, Keras 2.5 on) and kernels (`node_def.op`, before) in the middle of a model. */
const meanings: Readonly<Record<string, Meaning>> = {
  'math.add': { binary: 'Add' },
  '__operators__.add': { binary: 'Add' },
  AddV2: { binary: 'Add' },
  Add: { binary: 'Add' },
  'math.subtract': { binary: 'Sub' },
  Sub: { binary: 'Sub' },
  'math.multiply': { binary: 'Mul' },
  Mul: { binary: 'Mul' },
  'math.truediv': { binary: 'Div' },
  'math.divide': { binary: 'Div' },
  RealDiv: { binary: 'Div' },
  'math.maximum': { binary: 'Max' },
  Maximum: { binary: 'Max' },
  'math.minimum': { binary: 'Min' },
  Minimum: { binary: 'Min' },
  'nn.relu': { activation: 'relu' },
  Relu: { activation: 'relu' },
  'nn.relu6': { activation: 'relu6' },
  Relu6: { activation: 'relu6' },
  'nn.silu': { activation: 'silu' },
  'nn.swish': { activation: 'silu' },
  'nn.gelu': { activation: 'gelu' },
  'math.sigmoid': { activation: 'sigmoid' },
  'nn.sigmoid': { activation: 'sigmoid' },
  Sigmoid: { activation: 'sigmoid' },
  'math.tanh': { activation: 'tanh' },
  'nn.tanh': { activation: 'tanh' },
  Tanh: { activation: 'tanh' },
  'nn.softmax': { activation: 'softmax' },
  Softmax: { activation: 'softmax' },
  identity: 'identity',
  Identity: 'identity',
};

export const operationClasses: Readonly<Record<string, LayerClass>> = {
  TFOpLambda: { emit: operation },
  TensorFlowOpLayer: { emit: operation },
};

/** The function or kernel an operation layer calls; undefined for other layers. */
export function functionOf(className: string, attributes: Attributes): string | undefined {
  if (!Object.hasOwn(operationClasses, className)) return undefined;
  const definition = attributes.get('node_def');
  const name = isObject(definition) ? definition.op : attributes.get('function');
  return typeof name === 'string' ? name.replace(/^tf\./, '') : '';
}

export function knowsFunction(name: string): boolean {
  return Object.hasOwn(meanings, name);
}

/** Options of the functions above whose value is the default: anything else would change the result. */
const defaults: JsonObject = { approximate: false, axis: -1, beta: 1 };

/** The first option that is not the default, `approximate=true`. */
export function unknownOption(options: JsonObject): string | undefined {
  const found = Object.entries(options).find(([key, value]) => !Object.hasOwn(defaults, key) || defaults[key] !== value);
  return found && `${found[0]}=${excerpt(found[1])}`;
}

function operation(layer: LayerCall): string {
  const name = functionOf(layer.className, layer.attributes) ?? '';
  const meaning = meanings[name];
  if (!meaning) throw layer.unsupported(`calls tf.${name}`);
  if (meaning === 'identity') return layer.input;
  if ('activation' in meaning) return (activations[meaning.activation] as (typeof activations)[string])(layer, layer.input);
  return fold(layer, meaning.binary, 2, undefined, withConstants(layer));
}

/** The operands with `config.constants` of old Keras, {"1": 3.0}, at their positions. */
function withConstants(layer: LayerCall): CallOperand[] {
  const operands = [...layer.operands];
  const constants = layer.attributes.get('constants');
  if (!isObject(constants)) return operands;
  for (const [position, value] of Object.entries(constants).sort(([p], [q]) => Number(p) - Number(q))) {
    operands.splice(Number(position), 0, numbers(layer, value));
  }
  return operands;
}

function numbers(layer: LayerCall, value: Json | undefined): number | readonly number[] {
  if (typeof value === 'number') return value;
  if (isArray(value) && value.every((v) => typeof v === 'number')) return value;
  throw layer.attributes.wrong('constants', 'numbers by position');
}
