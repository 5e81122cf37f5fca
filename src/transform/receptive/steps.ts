import { bindBatch, type Graph, type Node, type NodeOf, typeOf } from '../../graph/graph.ts';
import { isCellwise } from '../receptiveField.ts';
import { everything, type Field, mixed } from './field.ts';
import { concatenated, joined } from './joins.ts';
import { among, product, reduced } from './mixing.ts';
import { gathered, pieces, sliceOf } from './pieces.ts';
import { reshaped, transposed } from './reshape.ts';
import { asPicture, picture, type Shaped } from './shaped.ts';
import { convolved, depthAsSpace, interpolated, paddedField, pooled } from './windows.ts';

/** What is known where a node is looked at. */
export interface Context {
  graph: Graph;
  /** Undefined: does not depend on the image. */
  field(value: string): Field | undefined;
  /** Whether a factor that is the same for all cells of a picture is no way to see. */
  ignoreGates: boolean;
}

/** The field of each output of a node, at least one of whose inputs depends on the image. */
export function behind(context: Context, node: Node): readonly Field[] {
  const { graph, field } = context;
  const inputs = node.inputs.map((value): Shaped | undefined => {
    const known = value === '' ? undefined : field(value);
    return known && { field: known, dims: dimsOf(graph, value) };
  });
  const values = inputs.filter((value) => value !== undefined);
  const out = dimsOf(graph, node.outputs[0] as string);
  if (node.op === 'Concat') return [concatenated(begun(graph, node, inputs), node.attrs.axis, out)];
  if ((isCellwise(node.op) && node.op !== 'LRN') || alsoCellwise.has(node.op)) {
    const gated = context.ignoreGates && (node.op === 'Mul' || node.op === 'FakeQuantize');
    return [joined(gated ? withoutGates(values) : values, out)];
  }
  const [x] = inputs;
  if (node.op === 'Split' && x) return pieces(node, x);
  // Weights, places or bounds that are computed from the image are read from everywhere.
  const made = values.length > 1 ? undefined : x ? ofOne(graph, node, x, out) : product(node, values[0] as Shaped, 1, out);
  return node.outputs.map(() => made ?? everything(values.map((value) => value.field)));
}

/** Cell by cell, beside those whose tiles can be computed alone. */
const alsoCellwise: ReadonlySet<Node['op']> = new Set<Node['op']>(['Where', 'Greater', 'Less', 'Equal', 'Cast', 'Expand']);

/** Of a node whose first input alone depends on the image; undefined: everything sees everything. */
function ofOne(graph: Graph, node: Node, x: Shaped, out: readonly number[]): Field | undefined {
  switch (node.op) {
    case 'Conv':
    case 'ConvTranspose':
      return convolved(graph, node, x);
    case 'MaxPool':
    case 'AveragePool':
      return pooled(node, x, [out[2] as number, out[3] as number]);
    case 'GlobalAveragePool':
    case 'GlobalMaxPool':
      return reduced({ ...x, field: picture(asPicture(x)) }, [2, 3], true);
    case 'Resize':
      return interpolated(node, x);
    case 'DepthToSpace':
      return depthAsSpace(node, x);
    case 'Pad':
      return paddedField(node, x);
    case 'Slice':
      return sliceOf(node, x, out);
    case 'Gather':
      return gathered(graph, node, x);
    case 'Transpose':
      return transposed(x, node.attrs.perm);
    case 'Reshape':
    case 'Flatten':
    case 'Squeeze':
    case 'Unsqueeze':
      return reshaped(x, out);
    case 'LRN':
      return { ...x.field, channels: mixed(x.field.channels) };
    case 'MatMul':
      return product(node, x, 0, out);
    case 'Softmax':
    case 'LogSoftmax':
      return among(x, [node.attrs.axis]);
    case 'LayerNormalization':
      return among(
        x,
        x.dims.flatMap((_, axis) => (axis >= node.attrs.axis ? [axis] : [])),
      );
    case 'ReduceMean':
    case 'ReduceSum':
    case 'ReduceMax':
    case 'ReduceMin':
      return reduced(x, node.attrs.axes, node.attrs.keepdims);
    case 'ArgMax':
      return reduced(x, [node.attrs.axis], node.attrs.keepdims);
    default:
      return undefined;
  }
}

/** The values that a Concat puts side by side and where each begins; constants take place only. */
function begun(graph: Graph, { inputs, attrs: { axis } }: NodeOf<'Concat'>, values: readonly (Shaped | undefined)[]) {
  let from = 0;
  return values.flatMap((value, i) => {
    const begin = from;
    from += dimsOf(graph, inputs[i] as string)[axis] as number;
    return value ? [{ ...value, from: begin }] : [];
  });
}

/** Without factors that are the same for all cells of the picture they are multiplied with. */
function withoutGates(values: readonly Shaped[]): readonly Shaped[] {
  const axes = ({ field, dims }: Shaped) => [field.rows, field.columns].filter((axis) => axis !== undefined && dims[axis] !== 1);
  const whole = values.find((value) => axes(value).length > 0);
  if (!whole) return values;
  const one = ({ dims }: Shaped) => axes(whole).every((axis) => (dims[(axis as number) + dims.length - whole.dims.length] ?? 1) === 1);
  return values.filter((value) => value === whole || !one(value));
}

function dimsOf(graph: Graph, value: string): number[] {
  return bindBatch(typeOf(graph, value).shape, 1);
}
