import type { Dim } from '../../../graph/opset.ts';
import type { NodeContext } from '../context.ts';
import type { Operator } from './operator.ts';

/** A value with a letter for each axis. */
interface Term {
  value: string;
  labels: readonly string[];
}

/**
 * Sum of products over named axes, of one or two inputs: as ReduceSum, Transpose and MatMul, which every rule knows.
 * Axes of both inputs and the output are batches of matrices, so are all but the last axis that only the first input has.
 */
export const Einsum: Operator = (n) => {
  const { inputs, output } = parse(n);
  const sizes = new Map<string, Dim>();
  const terms = inputs.map((labels, i): Term => {
    const shape = n.shape(i);
    if (shape.length !== labels.length) throw n.corrupt(`has ${labels.length} letters for the ${shape.length} axes of input ${i}`);
    labels.forEach((label, axis) => {
      if (sizes.has(label) && sizes.get(label) !== shape[axis]) throw n.unsupported(`broadcasts axis '${label}', which is not supported`);
      sizes.set(label, shape[axis] as Dim);
    });
    return { value: n.value(i), labels };
  });
  const [a, b] = terms.map((term, i) => summed(n, term, new Set([...output, ...(inputs[1 - i] ?? [])])));
  if (!a) throw n.corrupt('has no inputs');
  const product = b ? multiplied(n, a, b, output, sizes) : a;
  n.emit('Transpose', [product.value], { perm: output.map((label) => product.labels.indexOf(label)) });
};

/** "bhid,bhjd->bhij" as letters; "..." stands for the axes the letters leave, which become letters of their own. */
function parse(n: NodeContext): { inputs: string[][]; output: string[] } {
  const equation = n.string('equation', '').replaceAll(' ', '');
  const [left = '', right] = equation.split('->');
  const parts = left.split(',');
  if (parts.length > 2 || parts.length !== n.proto.inputs.length)
    throw n.unsupported(`multiplies ${n.proto.inputs.length} inputs by '${equation}'; one or two are supported`);
  const letters = (text: string, rank: number): string[] => {
    const rest = Math.max(0, rank - text.replace('...', '').length);
    return text
      .split(/(\.\.\.|)/)
      .flatMap((c) => (c === '...' ? Array.from({ length: rest }, (_, i) => `.${rest - i}`) : c === '' ? [] : [c]));
  };
  const inputs = parts.map((text, i) => letters(text, n.shape(i).length));
  if (inputs.some((labels) => new Set(labels).size !== labels.length)) throw n.unsupported(`takes a diagonal by '${equation}'`);
  const all = inputs.flat();
  const rest = [...new Set(all.filter((l) => l.startsWith('.')))].sort().reverse();
  const implicit = [...rest, ...[...new Set(all)].filter((l) => !l.startsWith('.') && all.indexOf(l) === all.lastIndexOf(l)).sort()];
  const output = right === undefined ? implicit : letters(right, right.replace('...', '').length + rest.length);
  if (output.some((label) => !all.includes(label)) || new Set(output).size !== output.length) throw n.corrupt(`has equation '${equation}'`);
  return { inputs, output };
}

/** A term without the axes that nothing else has. */
function summed(n: NodeContext, { value, labels }: Term, needed: ReadonlySet<string>): Term {
  const axes = labels.flatMap((label, i) => (needed.has(label) ? [] : [i]));
  if (axes.length === 0) return { value, labels };
  return { value: n.helper('ReduceSum', [value], { axes, keepdims: false }, 'sum'), labels: labels.filter((l) => needed.has(l)) };
}

function multiplied(n: NodeContext, a: Term, b: Term, output: readonly string[], sizes: ReadonlyMap<string, Dim>): Term {
  const inB = new Set(b.labels);
  const inOutput = new Set(output);
  const shared = a.labels.filter((l) => inB.has(l) && inOutput.has(l));
  const contracted = a.labels.filter((l) => inB.has(l) && !inOutput.has(l));
  const left = a.labels.filter((l) => !inB.has(l));
  const right = b.labels.filter((l) => !a.labels.includes(l));
  // The free batch can only be the first axis, and only of what is not flattened.
  const batches = [...shared, ...left.slice(0, -1)];
  const rows = left.slice(-1);
  const size = (labels: readonly string[]) => labels.map((l) => sizes.get(l) as Dim);
  const flat = (labels: readonly string[]) =>
    size(labels).reduce<number>((p, d) => {
      if (d === 'N') throw n.unsupported('mixes the batch with other axes');
      return p * d;
    }, 1);
  const ones = left.slice(0, -1).map(() => 1);
  const rowSize = rows.length === 0 ? [1] : size(rows);
  const matrixA = arranged(n, a, [...batches, ...rows, ...contracted], [...size(batches), ...rowSize, flat(contracted)], 'a');
  const matrixB = arranged(n, b, [...shared, ...contracted, ...right], [...size(shared), ...ones, flat(contracted), flat(right)], 'b');
  const product = n.helper('MatMul', [matrixA, matrixB], {}, 'product');
  const labels = [...batches, ...rows, ...right];
  const shape = size(labels);
  const same = rows.length === 1 && right.length === 1;
  return { value: same ? product : n.helper('Reshape', [product], { shape }, 'axes'), labels };
}

/** A term's axes in an order, in the shape of a stack of matrices. */
function arranged(n: NodeContext, { value, labels }: Term, order: readonly string[], shape: readonly Dim[], suffix: string): string {
  const perm = order.map((label) => labels.indexOf(label));
  const turned = perm.every((p, i) => p === i) ? value : n.helper('Transpose', [value], { perm }, `${suffix}:turned`);
  const now = n.scope.b.shape(turned);
  if (now.length === shape.length && now.every((d, i) => d === shape[i])) return turned;
  return n.helper('Reshape', [turned], { shape }, suffix);
}
