import { activations } from '../activations.ts';
import type { Attributes } from '../attributes.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { fold } from './merge.ts';

/** TensorFlow functions in the middle of a Keras-2 model (`x + 3.`, `tf.nn.relu6(x)`), by `config.function` without `tf.`. */
const functions: Readonly<Record<string, (layer: LayerCall) => string>> = {
  'math.add': (layer) => fold(layer, 'Add', 2),
  '__operators__.add': (layer) => fold(layer, 'Add', 2),
  'math.subtract': (layer) => fold(layer, 'Sub', 2),
  'math.multiply': (layer) => fold(layer, 'Mul', 2),
  'math.truediv': (layer) => fold(layer, 'Div', 2),
  'math.divide': (layer) => fold(layer, 'Div', 2),
  'math.maximum': (layer) => fold(layer, 'Max', 2),
  'math.minimum': (layer) => fold(layer, 'Min', 2),
  'nn.relu': activation('relu'),
  'nn.relu6': activation('relu6'),
  'nn.silu': activation('silu'),
  'nn.swish': activation('silu'),
  'nn.gelu': activation('gelu'),
  'math.sigmoid': activation('sigmoid'),
  'nn.sigmoid': activation('sigmoid'),
  'math.tanh': activation('tanh'),
  'nn.tanh': activation('tanh'),
  'nn.softmax': activation('softmax'),
  identity: (layer) => layer.input,
};

export const operationClasses: Readonly<Record<string, LayerClass>> = {
  TFOpLambda: {
    emit: (layer) => {
      const emit = functions[functionName(layer.attributes)];
      if (!emit) throw layer.unsupported(`calls tf.${functionName(layer.attributes)}`);
      return emit(layer);
    },
  },
};

export function functionName(attributes: Attributes): string {
  const name = attributes.get('function');
  return typeof name === 'string' ? name.replace(/^tf\./, '') : '';
}

export function knowsFunction(attributes: Attributes): boolean {
  return Object.hasOwn(functions, functionName(attributes));
}

function activation(name: string): (layer: LayerCall) => string {
  return (layer) => (activations[name] as NonNullable<(typeof activations)[string]>)(layer, layer.input);
}
