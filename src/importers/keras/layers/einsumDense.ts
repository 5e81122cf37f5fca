import { float32 } from '../../../graph/graph.ts';
import type { Dim } from '../../../graph/opset.ts';
import type { Attributes } from '../attributes.ts';
import { inFileOrder } from '../fileOrder.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { finish } from './convolution.ts';

export const einsumDenseClasses: Readonly<Record<string, LayerClass>> = {
  EinsumDense: {
    weights: (a) => [{ name: 'kernel' }, ...(a.get('bias_axes') === undefined ? [] : [{ name: 'bias' }])],
    emit: einsumDense,
    refuses: (a) => (plan(a) ? undefined : `EinsumDense of '${a.get('equation')}'`),
  },
};

/** Number of axes that are kept, that are summed over and that are made: `abc,cde->abde` is 2, 1, 2. */
interface Product {
  kept: number;
  summed: number;
  made: number;
}

/** Equations that are one matrix product: the input's last axes are the kernel's first, the rest of both is the output. */
function plan(a: Attributes): Product | undefined {
  const match = /^(\.\.\.)?([a-z]+),([a-z]+)->(\.\.\.)?([a-z]+)$/.exec(String(a.get('equation')).replaceAll(' ', ''));
  if (!match || match[1] || match[4]) return undefined;
  const [, , input, kernel, , output] = match as unknown as [string, string, string, string, string, string];
  const summed = [...input].filter((letter) => kernel.includes(letter)).join('');
  const kept = input.slice(0, input.length - summed.length);
  const made = kernel.slice(summed.length);
  const letters = kept + summed + made;
  const fits = summed !== '' && kept !== '' && input === kept + summed && kernel === summed + made && output === kept + made;
  if (!fits || new Set(letters).size !== letters.length) return undefined;
  const bias = a.get('bias_axes');
  if (bias !== undefined && bias !== made) return undefined;
  return { kept: kept.length, summed: summed.length, made: made.length };
}

function einsumDense(layer: LayerCall): string {
  const { b, attributes, shape, input } = layer;
  const { kept, summed, made } = plan(attributes) as Product;
  if (shape.length !== kept + summed) throw layer.misfit(`has an equation for ${kept + summed} axes, its input has [${shape}]`);
  const to = layer.shapeOf('kernel').slice(summed);
  if (to.length !== made) throw layer.misfit(`has a kernel of shape [${layer.shapeOf('kernel')}]`);
  const count = (sizes: readonly Dim[]) => (sizes as number[]).reduce((n, d) => n * d, 1);
  return finish(layer, (role) =>
    inFileOrder(
      layer,
      input,
      kept + made,
      (x, r) => {
        const from = b.shape(x).slice(kept) as number[];
        const lead = b.shape(x).slice(0, kept);
        const kernel = layer.constant('kernel', () => float32([count(from), count(to)], layer.ownWeight('kernel', [...from, ...to])));
        const rows = summed === 1 ? x : layer.op('Reshape', [x], { shape: [...lead, count(from)] }, 'flat');
        const linear = (s?: string) => {
          if (!layer.has('bias')) return layer.op('MatMul', [rows, kernel], {}, s);
          const bias = layer.constant('bias', () => float32([count(to)], layer.ownWeight('bias', to)));
          return layer.op('Add', [layer.op('MatMul', [rows, kernel], {}, 'product'), bias], {}, s);
        };
        return made === 1 ? linear(r) : layer.op('Reshape', [linear('rows')], { shape: [...lead, ...to] }, r);
      },
      role,
    ),
  );
}
