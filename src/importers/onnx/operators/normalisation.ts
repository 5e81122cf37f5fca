import type { Dim } from '../../../graph/opset.ts';
import { known } from '../../known/known.ts';
import type { NodeContext } from '../context.ts';
import type { Operator } from './operator.ts';

export const BatchNormalization: Operator = (n) => {
  n.ignore('momentum', 'is_test');
  if (n.flag('training_mode')) throw n.unsupported('is in training mode; export the model in evaluation mode');
  if (!n.flag('spatial', true)) throw n.unsupported('has spatial 0 (statistics per pixel), which is not supported');
  n.emit(
    'BatchNormalization',
    [0, 1, 2, 3, 4].map((i) => n.value(i)),
    { epsilon: n.float('epsilon', 1e-5) },
  );
};

export const LayerNormalization: Operator = (n) => {
  n.ignore('stash_type');
  const axis = n.axis(n.int('axis', -1), n.shape(0).length);
  const inputs = [n.value(0), n.value(1)];
  if (n.has(2)) inputs.push(n.value(2));
  n.emit('LayerNormalization', inputs, { axis, epsilon: n.float('epsilon', 1e-5) });
};

export const LRN: Operator = (n) => {
  const size = n.int('size', 0);
  if (size < 1) throw n.corrupt(`has size ${size}`);
  n.emit('LRN', [n.value(0)], { size, alpha: n.float('alpha', 1e-4), beta: n.float('beta', 0.75), bias: n.float('bias', 1) });
};

/** Does nothing at inference. The mask, if anything reads it, would be all true: refused rather than invented. */
export const Dropout: Operator = (n) => {
  n.ignore('ratio', 'seed', 'is_test');
  if (n.constants(2, 'training_mode')?.[0]) throw n.unsupported('is in training mode; export the model in evaluation mode');
  n.emit('Identity', [n.value(0)], {});
};

/** Each channel of each image by itself. */
export const InstanceNormalization: Operator = (n) => {
  const channels = channelsOf(n);
  grouped(n, { groups: channels, epsilon: n.float('epsilon', 1e-5), scale: perChannel(n, 1, channels), bias: perChannel(n, 2, channels) });
};

/** Groups of channels of each image; scale and bias are one per group up to opset 20, then one per channel. */
export const GroupNormalization: Operator = (n) => {
  n.ignore('stash_type');
  const groups = n.int('num_groups', 0);
  const channels = channelsOf(n);
  if (!(groups > 0) || channels % groups !== 0) throw n.corrupt(`has ${groups} groups for ${channels} channels`);
  grouped(n, { groups, epsilon: n.float('epsilon', 1e-5), scale: perChannel(n, 1, channels), bias: perChannel(n, 2, channels) });
};

function channelsOf(n: NodeContext): number {
  const channels = n.shape(0)[1];
  if (typeof channels !== 'number') throw n.unsupported(`works on an input of shape [${n.shape(0)}]`);
  return channels;
}

/** A constant of one number per channel, or per group of channels, as [C,1,…]. */
function perChannel(n: NodeContext, i: number, channels: number): string {
  const k = n.known(i);
  if (k?.dtype !== 'float32' || !(k.data.length > 0) || channels % k.data.length !== 0)
    throw n.unsupported('has scale or bias that are computed from the image, or of another size than its channels');
  const each = channels / k.data.length;
  const shape = [
    channels,
    ...n
      .shape(0)
      .slice(2)
      .map(() => 1),
  ];
  return n.constant(n.proto.inputs[i] as string, {
    ...k,
    shape,
    data: Float32Array.from({ length: channels }, (_, c) => k.data[Math.floor(c / each)] as number),
  });
}

/** As a layer normalisation of the image folded to [N,groups,values], which has a gradient and a place in relevance. */
function grouped(n: NodeContext, { groups, epsilon, scale, bias }: { groups: number; epsilon: number; scale: string; bias: string }): void {
  const shape = n.shape(0);
  const [batch, ...rest] = shape as [Dim, ...number[]];
  const each = rest.reduce((p, d) => p * d, 1) / groups;
  const folded = n.helper('Reshape', [n.value(0)], { shape: [batch, groups, each] }, 'groups');
  const ones = n.constant(n.fresh(`${n.name}:ones`), known('float32', [each], new Float32Array(each).fill(1)));
  const normalised = n.helper('LayerNormalization', [folded, ones], { axis: 2, epsilon }, 'normalised');
  const image = n.helper('Reshape', [normalised], { shape }, 'image');
  n.emit('Add', [n.helper('Mul', [image, scale], {}, 'scaled'), bias], {});
}

/** x·scale / √(mean of x² over the axes from `axis` on + ε). */
export const RMSNormalization: Operator = (n) => {
  n.ignore('stash_type');
  const x = n.value(0);
  const rank = n.shape(0).length;
  const axis = n.axis(n.int('axis', -1), rank);
  const axes = Array.from({ length: rank - axis }, (_, i) => axis + i);
  const mean = n.helper('ReduceMean', [n.helper('Mul', [x, x], {}, 'square')], { axes, keepdims: true }, 'mean');
  const root = n.helper('Sqrt', [n.helper('Add', [mean, n.scope.b.scalar(n.float('epsilon', 1e-5))], {}, 'shifted')], {}, 'root');
  n.emit('Mul', [n.helper('Div', [x, root], {}, 'normalised'), n.value(1)], {});
};

/** x / norm along one axis (p 1 or 2). */
export const LpNormalization: Operator = (n) => {
  const x = n.value(0);
  const axis = n.axis(n.int('axis', -1), n.shape(0).length);
  const p = n.int('p', 2);
  if (p !== 1 && p !== 2) throw n.unsupported(`has p ${p}; 1 and 2 are supported`);
  const part = p === 1 ? n.helper('Abs', [x], {}, 'abs') : n.helper('Mul', [x, x], {}, 'square');
  const sum = n.helper('ReduceSum', [part], { axes: [axis], keepdims: true }, 'sum');
  n.emit('Div', [x, p === 1 ? sum : n.helper('Sqrt', [sum], {}, 'norm')], {});
};
