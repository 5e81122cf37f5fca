import { type Graph, type NodeOf, typeOf } from '../../graph/graph.ts';
import { slidings } from '../intervals.ts';
import { type AxisMap, padded, repeated, resized, sliding, slidingTransposed } from './axisMaps.ts';
import { type Channel, eachPart, everything, type Field, mixed, union } from './field.ts';
import { alongAxes } from './pieces.ts';
import { asPicture, picture, type Shaped } from './shaped.ts';
import { through } from './spans.ts';

/** Sizes of an operator's output, [rows, columns]. */
type Sizes = readonly [number, number];

/** Convolutions of both kinds: every channel of a group sees what all channels of that group see. */
export function convolved(graph: Graph, node: NodeOf<'Conv'> | NodeOf<'ConvTranspose'>, x: Shaped): Field {
  const [weight] = node.inputs.slice(1) as [string];
  if (!graph.constants.has(weight)) return everything([x.field]);
  const [, channels, ...sizes] = typeOf(graph, node.outputs[0] as string).shape as [unknown, number, number, number];
  const kernel = typeOf(graph, weight).shape.slice(2) as [number, number];
  const map = node.op === 'Conv' ? sliding : slidingTransposed;
  const grouped = groups(asPicture(x), node.attrs.group, channels);
  return slid(grouped, x.dims, sizes, (axis, input, size) => map(slidings(kernel, node.attrs)[axis], input, size));
}

function groups(channels: readonly Channel[], group: number, outputs: number): readonly Channel[] {
  if (group === 1 || channels.length === 1) return mixed(channels);
  const size = channels.length / group;
  const seen = Array.from({ length: group }, (_, g) => union(channels.slice(g * size, (g + 1) * size)));
  return Array.from({ length: outputs }, (_, c) => seen[Math.floor((c * group) / outputs)] as Channel);
}

export function pooled(node: NodeOf<'MaxPool'> | NodeOf<'AveragePool'>, x: Shaped, sizes: Sizes): Field {
  const windows = slidings(node.attrs.kernel, node.attrs);
  return slid(asPicture(x), x.dims, sizes, (axis, input, size) => sliding(windows[axis], input, size));
}

export function interpolated({ attrs }: NodeOf<'Resize'>, x: Shaped): Field {
  return slid(asPicture(x), x.dims, attrs.sizes, (_, input, size) => resized(input, size, attrs));
}

/** `map`: how the output reads along rows (0) or columns (1). */
function slid(
  channels: readonly Channel[],
  dims: readonly number[],
  sizes: Sizes,
  map: (axis: 0 | 1, input: number, size: number) => AxisMap,
): Field {
  const along = (axis: 0 | 1) => {
    const made = map(axis, dims[axis + 2] as number, sizes[axis]);
    return made.same ? undefined : made;
  };
  const [rows, columns] = [along(0), along(1)];
  return picture(
    eachPart(
      channels,
      (spans) => (rows ? through(spans, rows) : spans),
      (spans) => (columns ? through(spans, columns) : spans),
    ),
  );
}

/** Cells around; along other axes nothing that sees anything, or a repetition of what is there. */
export function paddedField({ attrs: { pads, mode } }: NodeOf<'Pad'>, x: Shaped): Field {
  const maps = x.dims.map((size, axis) => {
    const [begin, end] = [pads[axis] as number, pads[x.dims.length + axis] as number];
    return begin === 0 && end === 0 ? undefined : padded(size, begin, end, mode);
  });
  return alongAxes(x, maps);
}

/** Blocks of channels as blocks of cells. */
export function depthAsSpace({ attrs }: NodeOf<'DepthToSpace'>, x: Shaped): Field {
  const { blocksize: k, mode } = attrs;
  const [, inputs, height, width] = x.dims as [number, number, number, number];
  const channels = asPicture(x);
  const placed = (channel: Channel, row?: number, column?: number) =>
    eachPart(
      [channel],
      (rows) => through(rows, repeated(height, k, row)),
      (columns) => through(columns, repeated(width, k, column)),
    );
  if (channels.length === 1) return picture(placed(channels[0] as Channel));
  const outputs = inputs / (k * k);
  return picture(
    Array.from({ length: outputs }, (_, c) => {
      const blocks = Array.from({ length: k * k }, (_, i) => {
        const source = channels[mode === 'CRD' ? c * k * k + i : i * outputs + c] as Channel;
        return placed(source, Math.floor(i / k), i % k);
      });
      return union(blocks.flat());
    }),
  );
}
