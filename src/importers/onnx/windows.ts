import type { Pads, Pair } from '../../graph/opset.ts';
import type { NodeContext } from './context.ts';

/** An attribute with one number per spatial axis. */
export function pair(n: NodeContext, name: string, fallback: number): Pair {
  const values = n.ints(name);
  if (!values || values.length === 0) return [fallback, fallback];
  if (values.length !== 2) throw n.unsupported(`has ${name} [${values}]; only 2-D windows are supported`);
  const [a, b] = values as [number, number];
  if (!(a >= fallback && b >= fallback && a < 2 ** 31 && b < 2 ** 31)) throw n.corrupt(`has ${name} [${values}]`);
  return [a, b];
}

/** `pads`: ONNX has [top, left, bottom, right] as the graph does. */
export function explicitPads(n: NodeContext): Pads {
  const pads = n.ints('pads') ?? [0, 0, 0, 0];
  if (pads.length !== 4) throw n.unsupported(`has pads [${pads}]; only 2-D windows are supported`);
  if (pads.some((p) => !(p >= 0 && p < 2 ** 31))) throw n.unsupported(`has negative pads [${pads}], which is not supported`);
  return pads as Pads;
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
