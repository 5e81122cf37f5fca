import type { LayerCall, LayerClass } from '../layer.ts';
import { type KerasWindow, window } from '../windows.ts';

export const poolingClasses: Readonly<Record<string, LayerClass>> = {
  MaxPooling2D: { emit: (layer) => layer.op('MaxPool', [layer.input], { ...pool(layer), ceilMode: false, withIndices: false }) },
  // TensorFlow does not count the padding.
  AveragePooling2D: {
    emit: (layer) => layer.op('AveragePool', [layer.input], { ...pool(layer), ceilMode: false, countIncludePad: false }),
  },
  AdaptiveAveragePooling2D: {
    emit: (layer) => layer.op('AveragePool', [layer.input], { ...adaptive(layer), ceilMode: false, countIncludePad: false }),
  },
  AdaptiveMaxPooling2D: {
    emit: (layer) => layer.op('MaxPool', [layer.input], { ...adaptive(layer), ceilMode: false, withIndices: false }),
  },
  GlobalAveragePooling2D: { emit: (layer) => global(layer, 'GlobalAveragePool') },
  GlobalMaxPooling2D: { emit: (layer) => global(layer, 'GlobalMaxPool') },
};

function pool(layer: LayerCall): KerasWindow {
  const kernel = layer.attributes.pair('pool_size', [2, 2]);
  return window(layer, kernel, layer.attributes.pair('strides', kernel));
}

/** Windows side by side, where the image can be divided so. */
function adaptive(layer: LayerCall): KerasWindow {
  const { height, width } = layer.image;
  const [rows, columns] = layer.attributes.pair('output_size', [1, 1]);
  if (height % rows !== 0 || width % columns !== 0)
    throw layer.unsupported(`pools ${height}×${width} to ${rows}×${columns}, in unequal windows`);
  const kernel: [number, number] = [height / rows, width / columns];
  return { kernel, strides: kernel, dilations: [1, 1], pads: [0, 0, 0, 0] };
}

function global(layer: LayerCall, op: 'GlobalAveragePool' | 'GlobalMaxPool'): string {
  if (layer.shape.length !== 4) throw layer.misfit(`needs an image, its input has shape [${layer.shape}]`);
  if (layer.attributes.boolean('keepdims', false)) return layer.op(op, [layer.input], {});
  return layer.op('Flatten', [layer.op(op, [layer.input], {}, 'pooled')], { axis: 1 });
}
