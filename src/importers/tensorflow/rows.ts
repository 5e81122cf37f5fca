import { float32 } from '../../graph/graph.ts';
import type { Shape } from '../../graph/opset.ts';
import { permute } from '../keras/permute.ts';
import type { Known } from '../known/known.ts';
import type { NodeContext } from './context.ts';
import { fused } from './operators/fused.ts';
import type { Held } from './values.ts';

/**
 * Reshape to and from rows: the cells of all images one below the other, to multiply each by a matrix (tf.tensordot, Dense on an
 * image). The batch would be mixed with other axes, so that the rows are kept as what they are rows of.
 * @returns whether the Reshape is one of these
 */
export function reshapesRows(n: NodeContext, wanted: Known): boolean {
  const [output] = n.node.outputs as [string];
  const { values } = n.scope;
  const source = n.rowsOf(0);
  if (source) {
    if (isRows(wanted, values.shape(source))) values.rows.set(output, source);
    else if (isShape(wanted, values.shape(source))) values.set(output, source);
    else throw n.unsupported('mixes the batch with other axes');
    return true;
  }
  if (!isRows(wanted, n.shape(0))) return false;
  values.rows.set(output, n.held(0));
  return true;
}

/** [N·cells,C], or −1 for the first, of [N,…,C] with more than one cell: one cell per image is no row among others. */
function isRows({ data }: Known, shape: Shape): boolean {
  const [rows, columns] = data;
  const cells = shape.slice(1, -1).reduce<number>((product, d) => product * Number(d), 1);
  const all = rows === -1 || (typeof rows === 'object' && rows.batches === cells);
  return shape[0] === 'N' && cells > 1 && data.length === 2 && all && columns === shape.at(-1);
}

function isShape({ data }: Known, shape: Shape): boolean {
  if (data.length !== shape.length) return false;
  let open = 0;
  const fits = Array.from(data).every((d, axis) => {
    if (d === -1) open += 1;
    return d === -1 || (typeof d === 'object' ? shape[axis] === 'N' && d.batches === 1 : d === shape[axis]);
  });
  return fits && open <= 1;
}

/** Rows times a weight [in,out]: a 1×1 convolution of the image they are rows of, else a product along the last axis. */
export function multiplyRows(n: NodeContext, source: Held, transposed: boolean): void {
  const { values } = n.scope;
  const [output] = n.node.outputs as [string];
  const { shape, data } = n.weight(1, 'a matrix');
  const [inputs, outputs] = (transposed ? [...shape].reverse() : shape) as [number, number];
  const whole = values.shape(source);
  if (shape.length !== 2 || whole.at(-1) !== inputs) throw n.corrupt(`multiplies rows of [${whole}] by [${shape}]`);
  const name = n.node.inputs[0] as string;
  if (whole.length === 4) {
    const rowsFirst = transposed ? data.slice() : permute(data, [inputs, outputs], [1, 0]).data;
    const weight = n.constant(1, 'by cell', () => float32([outputs, inputs, 1, 1], rowsFirst));
    const attrs = { strides: [1, 1], dilations: [1, 1], pads: [0, 0, 0, 0], group: 1 } as const;
    const value = fused(n, (bias) => n.helper('Conv', [values.channelsFirst(source, name), weight, ...bias], attrs, 'linear'));
    values.rows.set(output, { value, order: 'NCHW' });
    return;
  }
  const weight = n.constant(1, 'by row', () =>
    float32([inputs, outputs], transposed ? permute(data, [outputs, inputs], [1, 0]).data : data.slice()),
  );
  const product = () => n.helper('MatMul', [values.plain(source, name), weight], {}, 'linear');
  const value = fused(n, ([bias]) => (bias === undefined ? product() : n.helper('Add', [product(), bias], {}, 'biased')));
  values.rows.set(output, { value, order: 'file' });
}
