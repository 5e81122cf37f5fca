import { float32 } from '../../../graph/graph.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { permute } from '../permute.ts';
import { finish } from './convolution.ts';

export const denseClasses: Readonly<Record<string, LayerClass>> = {
  Dense: {
    weights: (a) => (a.boolean('use_bias', true) ? [{ name: 'kernel' }, { name: 'bias' }] : [{ name: 'kernel' }]),
    emit: dense,
  },
};

/** Along the file's last axis: Gemm for rows, a 1×1 convolution for channels-last images, else MatMul. */
function dense(layer: LayerCall): string {
  const { shape, input } = layer;
  const units = layer.attributes.int('units', 0, 1);
  const inputs = shape[layer.axis(-1)] as number;
  if (shape.length < 2) throw layer.misfit(`needs at least one feature, its input has shape [${shape}]`);
  const bias = layer.has('bias') ? [layer.vector('bias', units)] : [];
  if (shape.length === 4 && layer.context.layout === 'NHWC') {
    const weight = layer.constant('kernel', () =>
      float32([units, inputs, 1, 1], permute(layer.weight('kernel', [inputs, units]), [inputs, units], [1, 0]).data),
    );
    const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 } as const;
    return finish(layer, (role) => layer.op('Conv', [input, weight, ...bias], attrs, role));
  }
  const weight = layer.constant('kernel', () => float32([inputs, units], layer.ownWeight('kernel', [inputs, units])));
  if (shape.length === 2) {
    const attrs = { transA: false, transB: false, alpha: 1, beta: 1 };
    return finish(layer, (role) => layer.op('Gemm', [input, weight, ...bias], attrs, role));
  }
  if (bias.length === 0) return finish(layer, (role) => layer.op('MatMul', [input, weight], {}, role));
  const product = layer.op('MatMul', [input, weight], {}, 'product');
  return finish(layer, (role) => layer.op('Add', [product, ...bias], {}, role));
}
