import { ModelError } from '../../shared/errors.ts';
import { unknownActivation } from './activations.ts';
import { classOf } from './layers/index.ts';
import type { Layout } from './layout.ts';
import type { KerasLayer, KerasModel } from './model.ts';
import { executionOrder } from './order.ts';
import { corrupt } from './parse.ts';
import { list, type WeightOwner } from './weights.ts';

/** A layer that is no model itself, with its path through the models it is nested in. */
export interface Leaf {
  path: string;
  layer: KerasLayer;
}

/** All layers the outputs depend on, in file order, nested models flattened. */
export function leaves(model: KerasModel, prefix = ''): Leaf[] {
  const used = new Set(executionOrder(model).steps.map((s) => s.layer));
  const found = model.layers
    .filter((layer) => used.has(layer))
    .flatMap((layer) => {
      const path = prefix + layer.name;
      return layer.model ? leaves(layer.model, `${path}/`) : [{ path, layer }];
    });
  if (prefix === '' && new Set(found.map((l) => l.path)).size < found.length)
    throw corrupt('Two layers of nested models have one path name.');
  return found;
}

/** Refuses what cannot be imported, everything in one error. */
export function refuseUnsupported(all: readonly Leaf[]): void {
  const reasons = all.flatMap(({ path, layer }) => {
    const reason = unsupportedReason(layer);
    return reason ? [`'${path}' (${reason})`] : [];
  });
  if (reasons.length === 0) return;
  throw new ModelError(
    'unsupported',
    `The model has ${reasons.length === 1 ? 'a layer' : `${reasons.length} layers`} that Glassbox does not support: ${list(reasons)}.`,
    {
      where: all
        .filter(({ layer }) => unsupportedReason(layer))
        .map((l) => l.path)
        .join(', '),
      hint: hintFor(all.map(({ layer }) => layer)),
    },
  );
}

const TO_ONNX = 'export the model to ONNX, with model.export("model.onnx", format="onnx") of Keras 3 or with tf2onnx';

function hintFor(layers: readonly KerasLayer[]): string {
  if (layers.some(({ className }) => className === 'Lambda')) {
    return `A Lambda layer holds Python code, which Glassbox does not run: use a built-in layer such as Rescaling instead, or ${TO_ONNX}.`;
  }
  if (layers.some(({ origin }) => origin === 'custom')) return `What a class of your own computes is not in the file: ${TO_ONNX}.`;
  return `Replace these layers, or ${TO_ONNX}.`;
}

function unsupportedReason(layer: KerasLayer): string | undefined {
  const { className, origin, attributes, options } = layer;
  if (className === 'InputLayer') return undefined;
  const layerClass = classOf(layer);
  if (origin === 'custom') return `${className}, a class of your own`;
  if (!layerClass) return origin === 'operation' ? `keras.ops: ${className}` : className;
  const refused = layerClass.refuses?.(attributes, options);
  if (refused !== undefined) return refused;
  const activation = unknownActivation(attributes);
  return activation === undefined ? undefined : `${className} with activation '${activation}'`;
}

/** One axis order for the whole model, from its layers' data_format. */
export function layoutOf(all: readonly Leaf[]): Layout {
  const formats = all.flatMap(({ path, layer }) => {
    if (layer.className === 'Flatten') return [];
    const format = layer.attributes.word('data_format', '');
    return format === '' ? [] : [{ path, format }];
  });
  const other = formats.find(({ format }) => format !== formats[0]?.format);
  if (other) {
    throw new ModelError(
      'unsupported',
      `Layer '${other.path}' has another data_format than '${formats[0]?.path}': a model must keep to one.`,
      {
        where: other.path,
      },
    );
  }
  const format = formats[0]?.format ?? 'channelslast';
  if (format !== 'channelslast' && format !== 'channelsfirst')
    throw corrupt(`Layer '${formats[0]?.path}' has an unknown data_format.`, formats[0]?.path);
  return format === 'channelsfirst' ? 'NCHW' : 'NHWC';
}

export function weightOwners(all: readonly Leaf[]): WeightOwner[] {
  return all.flatMap(({ path, layer }) => {
    const roles = classOf(layer)?.weights?.(layer.attributes) ?? [];
    return roles.length === 0 ? [] : [{ path, name: layer.name, className: layer.className, roles }];
  });
}
