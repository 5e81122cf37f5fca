import type { OpAttrs, Shape } from '../../../src/graph/opset.ts';
import { at, broadcastAt, count, make, position, type Value } from './array.ts';

/** The same data in a new shape; 'N' is what is left over. */
function reshaped(x: Value, shape: Shape): Value {
  const known = shape.reduce<number>((n, d) => (d === 'N' ? n : n * d), 1);
  return { shape: shape.map((d) => (d === 'N' ? x.data.length / known : d)), data: x.data };
}

function concat(inputs: Value[], { axis }: OpAttrs['Concat']): Value[] {
  const sizes = inputs.map((v) => v.shape[axis] as number);
  const shape = (inputs[0] as Value).shape.with(
    axis,
    sizes.reduce((a, c) => a + c, 0),
  );
  return [
    make(shape, (index) => {
      let i = index[axis] as number;
      let which = 0;
      while (i >= (sizes[which] as number)) i -= sizes[which++] as number;
      return at(inputs[which] as Value, index.with(axis, i));
    }),
  ];
}

function split([x]: Value[], { axis, sizes }: OpAttrs['Split']): Value[] {
  return sizes.map((size, k) => {
    const start = sizes.slice(0, k).reduce((a, c) => a + c, 0);
    return make((x as Value).shape.with(axis, size), (index) => at(x as Value, index.with(axis, start + (index[axis] as number))));
  });
}

/** Lists the cells taken of each axis, as Python's range of a slice. */
function slice([x]: Value[], { starts, ends, axes, steps }: OpAttrs['Slice']): Value[] {
  const taken = (x as Value).shape.map((size, axis) => {
    const all = Array.from({ length: size }, (_, i) => i);
    const k = axes.indexOf(axis);
    if (k < 0) return all;
    const step = steps[k] as number;
    const absolute = (v: number) => (v < 0 ? v + size : v);
    const [start, end] = [absolute(starts[k] as number), absolute(ends[k] as number)];
    const cells: number[] = [];
    const first = step > 0 ? Math.max(0, start) : Math.min(size - 1, start);
    for (let i = first; i >= 0 && i < size && (step > 0 ? i < end : i > end); i += step) cells.push(i);
    return cells;
  });
  return [
    make(
      taken.map((t) => t.length),
      (index) =>
        at(
          x as Value,
          taken.map((t, k) => t[index[k] as number] as number),
        ),
    ),
  ];
}

function pad([x]: Value[], { pads, mode, value }: OpAttrs['Pad']): Value[] {
  const v = x as Value;
  const rank = v.shape.length;
  const source = (i: number, size: number): number => {
    if (i >= 0 && i < size) return i;
    if (mode === 'edge') return i < 0 ? 0 : size - 1;
    return i < 0 ? -i : 2 * (size - 1) - i;
  };
  return [
    make(
      v.shape.map((d, k) => d + (pads[k] as number) + (pads[rank + k] as number)),
      (index) => {
        const own = index.map((i, k) => i - (pads[k] as number));
        if (mode === 'constant' && own.some((i, k) => i < 0 || i >= (v.shape[k] as number))) return value;
        return at(
          v,
          own.map((i, k) => source(i, v.shape[k] as number)),
        );
      },
    ),
  ];
}

function resize([x]: Value[], { sizes, mode, coordinates }: OpAttrs['Resize']): Value[] {
  const v = x as Value;
  const [n, c, h, w] = v.shape as unknown as readonly [number, number, number, number];
  const place = (o: number, input: number, output: number) => {
    if (coordinates === 'asymmetric') return (o * input) / output;
    if (coordinates === 'half_pixel') return ((o + 0.5) * input) / output - 0.5;
    return output === 1 ? 0 : (o * (input - 1)) / (output - 1);
  };
  const bounded = (i: number, size: number) => Math.max(0, Math.min(size - 1, i));
  return [
    make([n, c, ...sizes], ([image, channel, y, column]) => {
      const [row, col] = [place(y as number, h, sizes[0]), place(column as number, w, sizes[1])];
      const cell = (i: number, j: number) => at(v, [image as number, channel as number, bounded(i, h), bounded(j, w)]);
      const [top, left] = [Math.floor(row), Math.floor(col)];
      if (mode === 'nearest') return cell(top, left);
      const [dy, dx] = [row - top, col - left];
      const upper = (1 - dx) * cell(top, left) + dx * cell(top, left + 1);
      const lower = (1 - dx) * cell(top + 1, left) + dx * cell(top + 1, left + 1);
      return (1 - dy) * upper + dy * lower;
    }),
  ];
}

function depthToSpace([x]: Value[], { blocksize: k, mode }: OpAttrs['DepthToSpace']): Value[] {
  const [n, c, h, w] = (x as Value).shape as unknown as readonly [number, number, number, number];
  const channels = c / (k * k);
  return [
    make([n, channels, h * k, w * k], ([image, channel, y, column]) => {
      const inBlock = ((y as number) % k) * k + ((column as number) % k);
      const from = mode === 'DCR' ? inBlock * channels + (channel as number) : (channel as number) * k * k + inBlock;
      return at(x as Value, [image as number, from, Math.floor((y as number) / k), Math.floor((column as number) / k)]);
    }),
  ];
}

function gather([data, indices]: Value[], { axis }: OpAttrs['Gather']): Value[] {
  const [d, i] = [data as Value, indices as Value];
  const rank = i.shape.length;
  return [
    make([...d.shape.slice(0, axis), ...i.shape, ...d.shape.slice(axis + 1)], (index) => {
      const pick = at(i, index.slice(axis, axis + rank));
      const own = pick < 0 ? pick + (d.shape[axis] as number) : pick;
      return at(d, [...index.slice(0, axis), own, ...index.slice(axis + rank)]);
    }),
  ];
}

function scatterElements([data, indices, updates]: Value[], { axis }: OpAttrs['ScatterElements']): Value[] {
  const d = data as Value;
  const out = { shape: d.shape, data: d.data.slice() };
  make((updates as Value).shape, (index, flat) => {
    const pick = (indices as Value).data[flat] as number;
    const k = position(d.shape, index.with(axis, pick < 0 ? pick + (d.shape[axis] as number) : pick));
    out.data[k] = (out.data[k] as number) + ((updates as Value).data[flat] as number);
    return 0;
  });
  return [out];
}

function flatten([x]: Value[], { axis }: OpAttrs['Flatten']): Value[] {
  const v = x as Value;
  return [reshaped(v, [count(v.shape.slice(0, axis)), count(v.shape.slice(axis))])];
}

export const shape = {
  Concat: concat,
  Split: split,
  Slice: slice,
  Pad: pad,
  Flatten: flatten,
  Reshape: ([x]: Value[], { shape: to }: OpAttrs['Reshape']) => [reshaped(x as Value, to)],
  Transpose: ([x]: Value[], { perm }: OpAttrs['Transpose']) => [
    make(
      perm.map((k) => (x as Value).shape[k] as number),
      (index) =>
        at(
          x as Value,
          perm.map((_, k) => index[perm.indexOf(k)] as number),
        ),
    ),
  ],
  Squeeze: ([x]: Value[], { axes }: OpAttrs['Squeeze']) => [
    reshaped(
      x as Value,
      (x as Value).shape.filter((_, k) => !axes.includes(k)),
    ),
  ],
  Unsqueeze: ([x]: Value[], { axes }: OpAttrs['Unsqueeze']) => {
    const rest = [...(x as Value).shape];
    const rank = rest.length + axes.length;
    return [
      reshaped(
        x as Value,
        Array.from({ length: rank }, (_, k) => (axes.includes(k) ? 1 : (rest.shift() as number))),
      ),
    ];
  },
  Expand: ([x]: Value[], { shape: to }: OpAttrs['Expand']) => {
    const v = x as Value;
    return [
      make(
        to.map((d) => (d === 'N' ? (v.shape[0] as number) : d)),
        (index) => broadcastAt(v, index),
      ),
    ];
  },
  Resize: resize,
  DepthToSpace: depthToSpace,
  Gather: gather,
  ScatterElements: scatterElements,
};
