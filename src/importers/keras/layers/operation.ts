import { activations } from '../activations.ts';
import { Attributes } from '../attributes.ts';
import { readConstant } from '../constants.ts';
import { excerpt, isObject, type Json, type JsonObject } from '../json.ts';
import type { CallOperand, LayerCall, LayerClass } from '../layer.ts';
import { operationClasses } from '../operations/index.ts';
import { type Binary, fold } from './merge.ts';

/** What a TensorFlow function does: a binary operator, an activation, an operation of Keras with its options by other names, or nothing. */
type Meaning = { binary: Binary } | { activation: string } | { operation: string; options: Readonly<Record<string, string>> } | 'identity';

const binary = (op: Binary): Meaning => ({ binary: op });
const activation = (name: string): Meaning => ({ activation: name });
const reduce = (operation: string): Meaning => ({ operation, options: { axis: 'axis', keepdims: 'keepdims' } });

/** TensorFlow functions (`config.function` without `tf.`, Keras 2.5 on) and kernels (`node_def.op`, before) in the middle of a model. */
const meanings: Readonly<Record<string, Meaning>> = {
  'math.add': binary('Add'),
  '__operators__.add': binary('Add'),
  AddV2: binary('Add'),
  Add: binary('Add'),
  'nn.bias_add': binary('Add'),
  'math.subtract': binary('Sub'),
  Sub: binary('Sub'),
  'math.multiply': binary('Mul'),
  Mul: binary('Mul'),
  'math.truediv': binary('Div'),
  'math.divide': binary('Div'),
  RealDiv: binary('Div'),
  'math.maximum': binary('Max'),
  Maximum: binary('Max'),
  'math.minimum': binary('Min'),
  Minimum: binary('Min'),
  'math.pow': binary('Pow'),
  'nn.relu': activation('relu'),
  Relu: activation('relu'),
  'nn.relu6': activation('relu6'),
  Relu6: activation('relu6'),
  'nn.silu': activation('silu'),
  'nn.swish': activation('silu'),
  'nn.gelu': activation('gelu'),
  'math.sigmoid': activation('sigmoid'),
  'nn.sigmoid': activation('sigmoid'),
  Sigmoid: activation('sigmoid'),
  'math.tanh': activation('tanh'),
  'nn.tanh': activation('tanh'),
  Tanh: activation('tanh'),
  'nn.softmax': activation('softmax'),
  Softmax: activation('softmax'),
  'math.reduce_mean': reduce('Mean'),
  'math.reduce_sum': reduce('Sum'),
  'math.reduce_max': reduce('Max'),
  'math.reduce_min': reduce('Min'),
  'math.sqrt': { operation: 'Sqrt', options: {} },
  'math.square': { operation: 'Square', options: {} },
  'math.abs': { operation: 'Abs', options: {} },
  'math.negative': { operation: 'Negative', options: {} },
  'math.exp': { operation: 'Exp', options: {} },
  '__operators__.getitem': { operation: 'GetItem', options: {} },
  reshape: { operation: 'Reshape', options: { shape: 'newshape' } },
  transpose: { operation: 'Transpose', options: { perm: 'axes' } },
  expand_dims: { operation: 'ExpandDims', options: { axis: 'axis' } },
  concat: { operation: 'Concatenate', options: { axis: 'axis' } },
  stack: { operation: 'Stack', options: { axis: 'axis' } },
  clip_by_value: { operation: 'Clip', options: { clip_value_min: 'x_min', clip_value_max: 'x_max' } },
  identity: 'identity',
  Identity: 'identity',
};

export const functionClasses: Readonly<Record<string, LayerClass>> = {
  TFOpLambda: { emit: operation, refuses },
  SlicingOpLambda: { emit: operation, refuses },
  TensorFlowOpLayer: { emit: operation, refuses },
};

/** The function or kernel a layer calls. */
function functionOf(attributes: Attributes): string {
  const definition = attributes.get('node_def');
  const name = isObject(definition) ? definition.op : attributes.get('function');
  return typeof name === 'string' ? name.replace(/^tf\./, '').replace(/^reduce_/, 'math.reduce_') : '';
}

function meaningOf(attributes: Attributes): Meaning | undefined {
  const name = functionOf(attributes);
  return Object.hasOwn(meanings, name) ? meanings[name] : undefined;
}

/** Options of the functions above whose value is the default: anything else would change the result. */
const defaults: JsonObject = { approximate: false, axis: -1, beta: 1, data_format: 'NHWC' };

function refuses(attributes: Attributes, options: JsonObject): string | undefined {
  const meaning = meaningOf(attributes);
  const name = `tf.${functionOf(attributes)}`;
  if (!meaning) return name;
  const renamed = typeof meaning === 'object' && 'operation' in meaning ? meaning.options : {};
  const found = Object.entries(options).find(
    ([key, value]) => !Object.hasOwn(renamed, key) && (!Object.hasOwn(defaults, key) || defaults[key] !== value),
  );
  return found && `${name} with ${found[0]}=${excerpt(found[1])}`;
}

function operation(layer: LayerCall): string | readonly string[] {
  const meaning = meaningOf(layer.attributes);
  if (!meaning) throw layer.unsupported(`calls tf.${functionOf(layer.attributes)}`);
  if (meaning === 'identity') return layer.input;
  if ('activation' in meaning) return (activations[meaning.activation] as (typeof activations)[string])(layer, layer.input);
  if ('binary' in meaning) return fold(layer, meaning.binary, 2, undefined, withConstants(layer));
  const given = Object.entries(meaning.options).map(([from, to]) => [to, layer.options[from]]);
  const attributes = new Attributes(layer.attributes.owner, Object.fromEntries(given));
  return (operationClasses.get(meaning.operation) as LayerClass).emit(layer.as(attributes, layer.operands));
}

/** The operands with `config.constants` of old Keras, {"1": 3.0}, at their positions. */
function withConstants(layer: LayerCall): CallOperand[] {
  const operands = [...layer.operands];
  const constants = layer.attributes.get('constants');
  if (!isObject(constants)) return operands;
  for (const [position, value] of Object.entries(constants).sort(([p], [q]) => Number(p) - Number(q))) {
    operands.splice(Number(position), 0, constant(layer, value));
  }
  return operands;
}

function constant(layer: LayerCall, value: Json | undefined): CallOperand {
  const read = readConstant(value);
  if (read === undefined || (typeof read === 'object' && 'parts' in read)) throw layer.attributes.wrong('constants', 'numbers by position');
  return read;
}
