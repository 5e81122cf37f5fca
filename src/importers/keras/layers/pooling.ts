import type { LayerCall, LayerClass } from '../layer.ts';
import { type KerasWindow, window } from '../windows.ts';

export const poolingClasses: Readonly<Record<string, LayerClass>> = {
  MaxPooling2D: { emit: (layer) => layer.op('MaxPool', [layer.input], { ...pool(layer), ceilMode: false, withIndices: false }) },
  // TensorFlow does not count the padding.
  AveragePooling2D: {
    emit: (layer) => layer.op('AveragePool', [layer.input], { ...pool(layer), ceilMode: false, countIncludePad: false }),
  },
  GlobalAveragePooling2D: { emit: (layer) => global(layer, 'GlobalAveragePool') },
  GlobalMaxPooling2D: { emit: (layer) => global(layer, 'GlobalMaxPool') },
};

function pool(layer: LayerCall): KerasWindow {
  const kernel = layer.attributes.pair('pool_size', [2, 2]);
  return window(layer, kernel, layer.attributes.pair('strides', kernel));
}

function global(layer: LayerCall, op: 'GlobalAveragePool' | 'GlobalMaxPool'): string {
  if (layer.shape.length !== 4) throw layer.misfit(`needs an image, its input has shape [${layer.shape}]`);
  if (layer.attributes.boolean('keepdims', false)) return layer.op(op, [layer.input], {});
  return layer.op('Flatten', [layer.op(op, [layer.input], {}, 'pooled')], { axis: 1 });
}
