import type { OpAttrs } from '../../../src/graph/opset.ts';
import { at, broadcastAt, broadcastShape, count, each, make, pixel, position, type Value } from './array.ts';

type Four = readonly [number, number, number, number];

function conv([x, weight, bias]: Value[], { strides, dilations, pads, group }: OpAttrs['Conv']): Value[] {
  const [n, , h, w] = (x as Value).shape as unknown as Four;
  const [o, perGroup, kH, kW] = (weight as Value).shape as unknown as Four;
  const size = (input: number, k: number, axis: 0 | 1) =>
    Math.floor((input + pads[axis] + pads[(axis + 2) as 2 | 3] - dilations[axis] * (k - 1) - 1) / strides[axis]) + 1;
  return [
    make([n, o, size(h, kH, 0), size(w, kW, 1)], ([image, out, y, x0]) => {
      const first = Math.floor((out as number) / (o / group)) * perGroup;
      let sum = bias ? at(bias, [out as number]) : 0;
      each([perGroup, kH, kW], ([c, i, j]) => {
        const row = (y as number) * strides[0] - pads[0] + (i as number) * dilations[0];
        const column = (x0 as number) * strides[1] - pads[1] + (j as number) * dilations[1];
        const value = pixel(x as Value, image as number, first + (c as number), row, column);
        sum += value * at(weight as Value, [out as number, c as number, i as number, j as number]);
      });
      return sum;
    }),
  ];
}

/** By its definition: every input cell stamps the kernel onto the output. */
function convTranspose([x, weight, bias]: Value[], attrs: OpAttrs['ConvTranspose']): Value[] {
  const { strides, dilations, pads, outputPadding, group } = attrs;
  const [n, c, h, w] = (x as Value).shape as unknown as Four;
  const [, perGroup, kH, kW] = (weight as Value).shape as unknown as Four;
  const size = (input: number, k: number, axis: 0 | 1) =>
    (input - 1) * strides[axis] + dilations[axis] * (k - 1) + 1 - pads[axis] - pads[(axis + 2) as 2 | 3] + outputPadding[axis];
  const shape = [n, perGroup * group, size(h, kH, 0), size(w, kW, 1)];
  const out = make(shape, ([, channel]) => (bias ? at(bias, [channel as number]) : 0));
  each([n, c, h, w, perGroup, kH, kW], ([image, channel, y, x0, o, i, j]) => {
    const row = (y as number) * strides[0] - pads[0] + (i as number) * dilations[0];
    const column = (x0 as number) * strides[1] - pads[1] + (j as number) * dilations[1];
    if (row < 0 || row >= (shape[2] as number) || column < 0 || column >= (shape[3] as number)) return;
    const target = Math.floor((channel as number) / (c / group)) * perGroup + (o as number);
    const k = position(shape, [image as number, target, row, column]);
    const value = at(x as Value, [image as number, channel as number, y as number, x0 as number]);
    out.data[k] = (out.data[k] as number) + value * at(weight as Value, [channel as number, o as number, i as number, j as number]);
  });
  return [out];
}

function gemm([a, w, c]: Value[], { transA, transB, alpha, beta }: OpAttrs['Gemm']): Value[] {
  const [rows, inner] = transA ? [1, 0] : [0, 1];
  const [m, k] = [(a as Value).shape[rows] as number, (a as Value).shape[inner] as number];
  const n = (w as Value).shape[transB ? 0 : 1] as number;
  return [
    make([m, n], ([i, j]) => {
      let sum = 0;
      for (let l = 0; l < k; l++) {
        const left = at(a as Value, transA ? [l, i as number] : [i as number, l]);
        sum += left * at(w as Value, transB ? [j as number, l] : [l, j as number]);
      }
      return alpha * sum + (c ? beta * broadcastAt(c, [i as number, j as number]) : 0);
    }),
  ];
}

function matMul([a, c]: Value[]): Value[] {
  const [x, y] = [a as Value, c as Value];
  const lead = broadcastShape([x.shape.slice(0, -2), y.shape.slice(0, -2)]);
  const k = x.shape.at(-1) as number;
  return [
    make([...lead, x.shape.at(-2) as number, y.shape.at(-1) as number], (index) => {
      const [front, row, column] = [index.slice(0, -2), index.at(-2) as number, index.at(-1) as number];
      const item = (v: Value, tail: number[]) => {
        const own = v.shape.slice(0, -2).map((d, i) => (d === 1 ? 0 : (front[i + front.length - v.shape.length + 2] as number)));
        return at(v, [...own, ...tail]);
      };
      let sum = 0;
      for (let l = 0; l < k; l++) sum += item(x, [row, l]) * item(y, [l, column]);
      return sum;
    }),
  ];
}

function batchNormalization([x, ...parameters]: Value[], { epsilon }: OpAttrs['BatchNormalization']): Value[] {
  return [
    make((x as Value).shape, (index, flat) => {
      const [scale, bias, mean, variance] = parameters.map((p) => at(p, [index[1] as number])) as unknown as Four;
      return ((((x as Value).data[flat] as number) - mean) / Math.sqrt(variance + epsilon)) * scale + bias;
    }),
  ];
}

function layerNormalization([x, scale, bias]: Value[], { axis, epsilon }: OpAttrs['LayerNormalization']): Value[] {
  const { shape, data } = x as Value;
  const size = count(shape.slice(axis));
  return [
    make(shape, (index, flat) => {
      const start = Math.floor(flat / size) * size;
      const row = data.slice(start, start + size);
      const mean = row.reduce((s, v) => s + v, 0) / size;
      const variance = row.reduce((s, v) => s + (v - mean) ** 2, 0) / size;
      const unit = ((data[flat] as number) - mean) / Math.sqrt(variance + epsilon);
      return unit * broadcastAt(scale as Value, index) + (bias ? broadcastAt(bias, index) : 0);
    }),
  ];
}

function lrn([x]: Value[], { size, alpha, beta, bias }: OpAttrs['LRN']): Value[] {
  const v = x as Value;
  const channels = v.shape[1] as number;
  return [
    make(v.shape, (index, flat) => {
      const c = index[1] as number;
      const low = Math.max(0, c - Math.floor((size - 1) / 2));
      const high = Math.min(channels - 1, c + Math.ceil((size - 1) / 2));
      let squares = 0;
      for (let i = low; i <= high; i++) squares += at(v, [index[0] as number, i, ...index.slice(2)]) ** 2;
      return (v.data[flat] as number) / (bias + (alpha / size) * squares) ** beta;
    }),
  ];
}

export const linear = {
  Conv: conv,
  ConvTranspose: convTranspose,
  Gemm: gemm,
  MatMul: matMul,
  BatchNormalization: batchNormalization,
  LayerNormalization: layerNormalization,
  LRN: lrn,
};
