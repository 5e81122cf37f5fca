import { ModelError } from '../../shared/errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../keras/json.ts';

/** Attributes that Keras 2 gave another name. */
const NAMES: Readonly<Record<string, string>> = {
  nb_filter: 'filters',
  subsample: 'strides',
  border_mode: 'padding',
  atrous_rate: 'dilation_rate',
  bias: 'use_bias',
  dim_ordering: 'data_format',
};

const CLASSES: Readonly<Record<string, string>> = {
  Convolution2D: 'Conv2D',
  AtrousConvolution2D: 'Conv2D',
  SeparableConvolution2D: 'SeparableConv2D',
};

const MERGES: Readonly<Record<string, string>> = {
  sum: 'Add',
  mul: 'Multiply',
  ave: 'Average',
  max: 'Maximum',
  concat: 'Concatenate',
};

/** Whether a file states this version, or, like most of before 2.0, none. */
export function isKeras1(version: string): boolean {
  return version === '' || /^[01]\./.test(version);
}

/**
 * A model's config of Keras 1 in the words of Keras 2; what is in those already stays as it is.
 * Sources: keras/layers/convolutional.py, core.py, normalization.py and topology.py (Merge) of 1.2.2.
 * @throws ModelError 'unsupported' for Theano's order of axes, whose kernels are mirrored, and for merges and norms without a successor
 */
export function modernised(config: Json | undefined): Json | undefined {
  if (isArray(config)) return config.map(modernLayer);
  if (isObject(config) && isArray(config.layers)) return { ...config, layers: config.layers.map(modernLayer) };
  return config;
}

function modernLayer(entry: Json): Json {
  if (!isObject(entry) || typeof entry.class_name !== 'string') return entry;
  const { class_name: old, config } = entry;
  if (old === 'Merge') return merge(entry, config);
  if (!isObject(config)) return { ...entry, config: modernised(config) };
  if (isArray(config.layers)) return { ...entry, config: modernised(config) };
  const attributes = Object.fromEntries(Object.entries(config).map(([key, value]) => [renamed(old, key), value]));
  if (config.nb_row !== undefined) attributes.kernel_size = [config.nb_row, config.nb_col ?? null];
  if (attributes.data_format === 'tf') attributes.data_format = 'channels_last';
  else if (attributes.data_format === 'th') throw unsupported(entry, "has its axes in Theano's order (dim_ordering 'th')");
  if (old === 'BatchNormalization' && config.mode !== undefined && config.mode !== 0) {
    throw unsupported(entry, `normalises in mode ${JSON.stringify(config.mode)}`);
  }
  const { padding } = attributes;
  // Four numbers are top, bottom, left, right.
  if (old === 'ZeroPadding2D' && isArray(padding) && padding.length === 4) {
    attributes.padding = [
      [padding[0] as Json, padding[1] as Json],
      [padding[2] as Json, padding[3] as Json],
    ];
  }
  return { ...entry, class_name: CLASSES[old] ?? old, config: attributes };
}

function renamed(className: string, key: string): string {
  if (className === 'Dense' && key === 'output_dim') return 'units';
  return Object.hasOwn(NAMES, key) ? (NAMES[key] as string) : key;
}

function merge(entry: JsonObject, config: Json | undefined): Json {
  const attributes = isObject(config) ? config : {};
  const { mode } = attributes;
  const successor = typeof mode === 'string' && Object.hasOwn(MERGES, mode) && !isArray(attributes.layers) ? MERGES[mode] : undefined;
  if (successor === undefined) throw unsupported(entry, `merges by ${JSON.stringify(mode)}`);
  return { ...entry, class_name: successor, config: { name: attributes.name ?? null, axis: attributes.concat_axis ?? -1 } };
}

function unsupported({ class_name: className, config, name }: JsonObject, what: string): ModelError {
  const own = (isObject(config) ? config.name : undefined) ?? name;
  return new ModelError('unsupported', `Layer '${own}' (${className}) ${what}, which Keras 2 no longer has.`, {
    where: String(own),
    hint: 'Load the model with Keras 2.0 to 2.2 and the TensorFlow backend, and save it again.',
  });
}
