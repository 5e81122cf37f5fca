import { float32 } from '../../../graph/graph.ts';
import { activationLayers } from '../activations.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { fileShape } from '../layout.ts';
import { permute } from '../permute.ts';

/** Activation, ReLU, LeakyReLU, ELU, Softmax, ThresholdedReLU. */
export const activationClasses: Readonly<Record<string, LayerClass>> = {
  ...Object.fromEntries(
    Object.entries(activationLayers).map(([name, emit]): [string, LayerClass] => [
      name,
      { emit: (layer) => emit(layer, layer.attributes, layer.input) },
    ]),
  ),
  PReLU: { weights: () => [{ name: 'alpha' }], emit: prelu },
};

/** max(0, x) + alpha·min(0, x); alpha has the input's shape, with 1 on shared axes. */
function prelu(layer: LayerCall): string {
  const shared = layer.attributes.integers('shared_axes') ?? [];
  const { layout } = layer.context;
  const rank = layer.shape.length;
  const shape = fileShape(layout, layer.shape).slice(1) as number[];
  const alphaShape = shape.map((d, i) => (shared.includes(i + 1) ? 1 : d));
  const slope = layer.constant('alpha', () => {
    const values = layer.weight('alpha', alphaShape);
    if (layout !== 'NHWC' || rank !== 4) return float32(alphaShape, values.slice());
    const { shape: to, data } = permute(values, alphaShape, [2, 0, 1]);
    return float32(to, data);
  });
  return layer.op('PRelu', [layer.input, slope], {});
}
