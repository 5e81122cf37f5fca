import type { GraphBuilder } from '../graph/builder.ts';
import type { NodeOf } from '../graph/graph.ts';
import type { Pads, Pair } from '../graph/opset.ts';
import { checkBias, weightSizes } from './convolution.ts';
import { imageInput, imageSizes, misfit } from './inputs.ts';
import type { Op } from './op.ts';
import { extent, windowOutput } from './window.ts';

/** 2-D convolution of x [N,C,H,W] with weight [O,C/group,kH,kW] and bias [O]. */
export const conv: Op<'Conv'> = {
  kind: 'linear',
  infer(node, inputs) {
    const x = imageInput(node, inputs);
    const weight = weightSizes(node, inputs);
    const [outputs, perGroup, kH, kW] = weight;
    const { group } = node.attrs;
    if (perGroup * group !== x.channels || outputs % group !== 0) {
      throw misfit(node, `has weight [${weight}] in ${group} groups over ${x.channels} channels`);
    }
    checkBias(node, inputs, outputs);
    const size = windowOutput(node, { kernel: [kH, kW], ...node.attrs }, x.height, x.width);
    return [{ dtype: x.dtype, shape: [x.batch, outputs, ...size] }];
  },
  gradient: (context) => [() => inputGradient(context.b, context.node, context.grad)],
};

/**
 * Gradient with respect to x: the transposed convolution of the output's gradient.
 * For stride 1 it is written as a Conv with mirrored kernels, which engines run on their fast path; a ConvTranspose
 * costs up to 1.3×, a grouped one up to 8× (benchmarks: npm run bench).
 */
function inputGradient(b: GraphBuilder, node: NodeOf<'Conv'>, grad: string): string {
  const [x, weight] = node.inputs as [string, string];
  const { strides, dilations, pads, group } = node.attrs;
  const [, , height, width] = imageSizes(b, x);
  const [, , kH, kW] = imageSizes(b, weight);
  const mirrored = mirror(pads, [extent(kH, dilations[0]), extent(kW, dilations[1])]);
  if (strides[0] === 1 && strides[1] === 1 && b.constants.has(weight)) {
    return b.op('Conv', [crop(b, grad, mirrored), mirrorWeight(b, weight, group)], {
      strides,
      dilations,
      pads: mirrored.map((p) => Math.max(0, p)) as [number, number, number, number],
      group,
    });
  }
  const [, , gH, gW] = imageSizes(b, grad);
  const rest = (size: number, g: number, axis: 0 | 1, k: number): number =>
    size - ((g - 1) * strides[axis] + extent(k, dilations[axis]) - pads[axis] - pads[(axis + 2) as 2 | 3]);
  const outputPadding: Pair = [rest(height, gH, 0, kH), rest(width, gW, 1, kW)];
  return b.op('ConvTranspose', [grad, weight], { strides, dilations, pads, outputPadding, group });
}

/** Pads of the mirrored convolution: extent − 1 − pad on each side; negative means crop. */
function mirror(pads: Pads, [eH, eW]: Pair): Pads {
  return [eH - 1 - pads[0], eW - 1 - pads[1], eH - 1 - pads[2], eW - 1 - pads[3]];
}

/** Cuts off what negative pads ask for: outputs that saw nothing but padding. */
function crop(b: GraphBuilder, grad: string, pads: Pads): string {
  if (pads.every((p) => p >= 0)) return grad;
  const [, , h, w] = imageSizes(b, grad);
  const cut = (p: number) => Math.max(0, -p);
  return b.op('Slice', [grad], {
    starts: [cut(pads[0]), cut(pads[1])],
    ends: [h - cut(pads[2]), w - cut(pads[3])],
    axes: [2, 3],
    steps: [1, 1],
  });
}

/** Constant weight [O,I/g,kH,kW] → [I,O/g,kH,kW] with rows and columns reversed, within each group. */
function mirrorWeight(b: GraphBuilder, weight: string, group: number): string {
  const name = `mirrored:${weight}:${group}`;
  if (b.constants.has(name)) return name;
  const source = b.constants.get(weight);
  if (!source) throw new Error(`'${weight}' is no constant`);
  const [outputs, perGroup, kH, kW] = source.shape as [number, number, number, number];
  const area = kH * kW;
  const outPerGroup = outputs / group;
  const data = new Float32Array(source.data.length);
  for (let o = 0; o < outputs; o++) {
    const g = Math.floor(o / outPerGroup);
    for (let i = 0; i < perGroup; i++) {
      const from = (o * perGroup + i) * area;
      const to = ((g * perGroup + i) * outPerGroup + (o % outPerGroup)) * area;
      for (let k = 0; k < area; k++) data[to + area - 1 - k] = source.data[from + k] as number;
    }
  }
  return b.constant(name, { dtype: 'float32', shape: [perGroup * group, outPerGroup, kH, kW], data });
}
