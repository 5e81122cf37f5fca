import type { OpAttrs, Pads, Pair } from '../../graph/opset.ts';
import type { NodeContext } from './context.ts';

/**
 * Windows of convolutions and pools. Those along one axis, [N,C,W] (efficient channel attention), are imported as windows
 * of one row over [N,C,1,W].
 */
type Windowed = 'Conv' | 'ConvTranspose' | 'MaxPool' | 'AveragePool';

/** An attribute with one number per spatial axis. */
export function pair(n: NodeContext, name: string, fallback: number): Pair {
  const values = n.ints(name);
  if (!values || values.length === 0) return [fallback, fallback];
  const [a, b] = (isRow(n) ? [fallback, ...values] : values) as [number, number];
  if (values.length !== (isRow(n) ? 1 : 2)) throw n.unsupported(`has ${name} [${values}]; only 1-D and 2-D windows are supported`);
  if (!(a >= fallback && b >= fallback && a < 2 ** 31 && b < 2 ** 31)) throw n.corrupt(`has ${name} [${values}]`);
  return [a, b];
}

/** `pads`: ONNX has [top, left, bottom, right] as the graph does. */
export function explicitPads(n: NodeContext): Pads {
  const given = n.ints('pads') ?? [];
  const pads = given.length === 0 ? [0, 0, 0, 0] : isRow(n) ? [0, given[0], 0, given[1]] : given;
  if (pads.length !== 4 || (isRow(n) && given.length > 2))
    throw n.unsupported(`has pads [${given}]; only 1-D and 2-D windows are supported`);
  if (pads.some((p) => !(Number(p) >= 0 && Number(p) < 2 ** 31)))
    throw n.unsupported(`has negative pads [${given}], which is not supported`);
  return pads as unknown as Pads;
}

/** `auto_pad` as explicit pads; undefined for NOTSET. SAME: as many outputs as ⌈input/stride⌉, the odd cell at the end (UPPER) or begin (LOWER). */
export function autoPads(
  n: NodeContext,
  input: Pair,
  { kernel, strides, dilations }: { kernel: Pair; strides: Pair; dilations: Pair },
): Pads | undefined {
  const mode = n.string('auto_pad', 'NOTSET');
  if (mode === 'NOTSET' || mode === '') return undefined;
  n.ignore('pads');
  if (mode === 'VALID') return [0, 0, 0, 0];
  if (mode !== 'SAME_UPPER' && mode !== 'SAME_LOWER') throw n.corrupt(`has auto_pad '${mode}'`);
  const total = ([0, 1] as const).map((axis) => {
    const outputs = Math.ceil(input[axis] / strides[axis]);
    return Math.max(0, (outputs - 1) * strides[axis] + (kernel[axis] - 1) * dilations[axis] + 1 - input[axis]);
  });
  const begin = total.map((t) => (mode === 'SAME_UPPER' ? Math.floor(t / 2) : Math.ceil(t / 2)));
  return [...begin, ...total.map((t, i) => t - (begin[i] as number))] as [number, number, number, number];
}

/** Rows and columns of the input a window slides over. */
export function spatial(n: NodeContext): Pair {
  if (isRow(n)) return [1, n.shape(0)[2] as number];
  const [, , height, width] = n.image(0);
  return [height, width];
}

/** Shape of the weight [outC, inC/group, kH, kW], whether it is one of rows or not. */
export function weightShape(n: NodeContext, i: number): readonly number[] {
  const shape = n.shape(i) as readonly number[];
  const full = isRow(n) && shape.length === 3 ? [...shape.slice(0, 2), 1, ...shape.slice(2)] : shape;
  if (full.length === 4 && full.every((d) => typeof d === 'number')) return full;
  throw n.unsupported(`has a weight of shape [${shape}]; only 1-D and 2-D convolutions are supported`);
}

/** Appends the operator, over rows where the file's input has one spatial axis. Input 1, if any, is the weight. */
export function emitWindow<O extends Windowed>(n: NodeContext, op: O, attrs: OpAttrs[O]): void {
  if (!isRow(n)) {
    n.emit(op, n.all(), attrs);
    return;
  }
  const image = n.helper('Unsqueeze', [n.value(0)], { axes: [2] }, 'row');
  const inputs = [image, ...n.proto.inputs.slice(1).flatMap((name, i) => (name ? [i === 0 ? rowWeight(n) : n.value(i + 1)] : []))];
  n.emit('Squeeze', [n.helper(op, inputs, attrs, 'image')], { axes: [2] });
}

function rowWeight(n: NodeContext): string {
  const k = n.known(1);
  return k
    ? n.constant(n.proto.inputs[1] as string, { ...k, shape: weightShape(n, 1) })
    : n.helper('Unsqueeze', [n.value(1)], { axes: [2] }, 'weight');
}

function isRow(n: NodeContext): boolean {
  return n.shape(0).length === 3;
}
