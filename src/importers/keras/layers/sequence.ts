import { float32 } from '../../../graph/graph.ts';
import { extent } from '../../../ops/window.ts';
import { samePadding } from '../../samePadding.ts';
import type { LayerCall, LayerClass } from '../layer.ts';
import { permute } from '../permute.ts';
import { finish } from './convolution.ts';

/** Layers over [N,rows,features]: heads of attention models, and the gates of ECA nets. */
export const sequenceClasses: Readonly<Record<string, LayerClass>> = {
  Conv1D: {
    weights: (a) => (a.boolean('use_bias', true) ? [{ name: 'kernel' }, { name: 'bias' }] : [{ name: 'kernel' }]),
    emit: conv1d,
    refuses: (a) => {
      if (a.word('padding', 'valid') === 'causal') return "Conv1D with padding 'causal'";
      return a.word('data_format', 'channelslast') === 'channelsfirst' ? "Conv1D with data_format 'channels_first'" : undefined;
    },
  },
  GlobalAveragePooling1D: { emit: (layer) => overRows(layer, 'ReduceMean') },
  GlobalMaxPooling1D: { emit: (layer) => overRows(layer, 'ReduceMax') },
  RepeatVector: { emit: repeatVector },
};

function sizesOf(layer: LayerCall): [rows: number, features: number] {
  const [, rows, features] = layer.shape;
  if (layer.shape.length !== 3) throw layer.misfit(`needs rows of features, its input has shape [${layer.shape}]`);
  return [rows as number, features as number];
}

/** As a convolution over an image of one row, [N,features,1,rows]. */
function conv1d(layer: LayerCall): string {
  const a = layer.attributes;
  const [rows, features] = sizesOf(layer);
  const one = (key: string) => a.integers(key)?.[0] ?? 1;
  const [filters, size, stride, dilation, group] = [
    a.int('filters', 0, 1),
    one('kernel_size'),
    one('strides'),
    one('dilation_rate'),
    one('groups'),
  ];
  if (![size, stride, dilation, group].every((n) => n >= 1) || features % group !== 0 || filters % group !== 0)
    throw layer.misfit(`has a kernel of ${size}, strides of ${stride}, dilation ${dilation} and ${group} groups`);
  const [begin, end] = a.word('padding', 'valid') === 'same' ? samePadding(rows, extent(size, dilation), stride) : [0, 0];
  const kernel = layer.constant('kernel', () => {
    const shape = [size, features / group, filters];
    return float32([filters, features / group, 1, size], permute(layer.weight('kernel', shape), shape, [2, 1, 0]).data);
  });
  const bias = layer.has('bias') ? [layer.vector('bias', filters)] : [];
  const turned = layer.op('Transpose', [layer.input], { perm: [0, 2, 1] }, 'turned');
  const image = layer.op('Unsqueeze', [turned], { axes: [2] }, 'image');
  const attrs = { strides: [1, stride], dilations: [1, dilation], pads: [0, begin, 0, end], group } as const;
  const made = layer.op('Squeeze', [layer.op('Conv', [image, kernel, ...bias], attrs, 'convolved')], { axes: [2] }, 'line');
  return finish(layer, (role) => layer.op('Transpose', [made], { perm: [0, 2, 1] }, role));
}

function overRows(layer: LayerCall, op: 'ReduceMean' | 'ReduceMax'): string {
  sizesOf(layer);
  const first = layer.attributes.word('data_format', 'channelslast') === 'channelsfirst';
  return layer.op(op, [layer.input], { axes: [first ? 2 : 1], keepdims: layer.attributes.boolean('keepdims', false) });
}

function repeatVector(layer: LayerCall): string {
  const n = layer.attributes.int('n', 1, 1);
  if (layer.shape.length !== 2) throw layer.misfit(`needs a vector, its input has shape [${layer.shape}]`);
  return layer.op('Expand', [layer.op('Unsqueeze', [layer.input], { axes: [1] }, 'row')], { shape: ['N', n, layer.shape[1] as number] });
}
