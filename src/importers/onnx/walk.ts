import type { NodeProto } from '../../formats/onnx/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { NodeContext, type Scope } from './context.ts';
import { fold } from './fold/index.ts';
import type { FlatGraph } from './functions.ts';
import { keepChannelsFirst } from './layout.ts';
import { operatorFor } from './operators/index.ts';
import { computesWithIntegers, keepsIntegers } from './operators/quantised.ts';
import { type Quantisation, sameQuantisation } from './quantisation.ts';

/** A node that went into the graph. */
export interface ImportedNode {
  proto: NodeProto;
  /** Place in `graph.node`. */
  index: number;
  /** File name of each output → graph value to look at, channels-first. */
  outputs: readonly (readonly [name: string, value: string])[];
}

export interface Walk {
  nodes: readonly ImportedNode[];
  /** What could not be imported, all of it. */
  failures: readonly ModelError[];
  /** Values that come from what could not be imported. */
  missing: ReadonlySet<string>;
}

/**
 * Imports the nodes in order. A node that is not supported is noted and everything that follows from it is left out, so
 * that all of them can be reported together; other errors end the walk.
 */
export function importNodes({ graph, places }: FlatGraph, opset: number, scope: Scope, channelsLast: Set<string>): Walk {
  const nodes: ImportedNode[] = [];
  const failures: ModelError[] = [];
  const missing = new Set<string>();
  const results = new Set(graph.outputs.map(({ name }) => name));
  const unread = new Map([...scope.readers].map(([name, readers]) => [name, readers.length + Number(results.has(name))]));
  const made = new Set([...scope.known.keys(), ...scope.codes.keys(), ...scope.b.inputs.keys()]);
  graph.nodes.forEach((proto, i) => {
    const n = new NodeContext(standard(proto), opset, scope);
    const unknown = refusal(n);
    for (const output of proto.outputs) {
      if (output !== '' && made.has(output)) throw n.corrupt(`makes '${output}', which is made before`);
      made.add(output);
    }
    const blocked = proto.inputs.some((input) => missing.has(input));
    if (unknown) failures.push(unknown);
    const failure = unknown || blocked ? unknown : attempt(n);
    if (failure && !unknown) failures.push(failure);
    if (unknown || blocked || failure) {
      for (const output of proto.outputs) missing.add(output);
    } else if (!proto.outputs.some((output) => scope.known.has(output))) {
      nodes.push({ proto, index: places[i] as number, outputs: keepChannelsFirst(n, channelsLast) });
    }
    for (const input of new Set(proto.inputs)) {
      const left = (unread.get(input) ?? 0) - 1;
      unread.set(input, left);
      // Weights on their way through a chain of folded nodes are as large as weights.
      if (left === 0) scope.known.delete(input);
    }
  });
  return { nodes, failures, missing };
}

/** 'ai.onnx' is the long name of the standard domain. */
function standard(proto: NodeProto): NodeProto {
  return proto.domain === 'ai.onnx' ? { ...proto, domain: '' } : proto;
}

/** Operators that fold or vanish and have no row in the operator table. */
const foldedOnly = new Set(
  'Constant ConstantOfShape Shape Size Range ReduceProd Mod Floor Ceil Round Not And Or LessOrEqual GreaterOrEqual Sin Cos CumSum ScatterND Trilu'.split(
    ' ',
  ),
);

function refusal(n: NodeContext): ModelError | undefined {
  const { domain = '', opType } = n.proto;
  if (operatorFor(domain, opType) || (!domain && foldedOnly.has(opType))) return undefined;
  return n.unsupported('is not supported');
}

/** Folds or imports one node; gives the error if it is not supported. */
function attempt(n: NodeContext): ModelError | undefined {
  try {
    const result = (n.proto.domain ?? '') === '' ? fold(n) : undefined;
    if (result) {
      result.forEach((value, i) => {
        n.scope.known.set(n.proto.outputs[i] ?? '', value);
      });
      return undefined;
    }
    const operator = operatorFor(n.proto.domain ?? '', n.proto.opType);
    if (!operator) return n.unsupported('works on values that are computed from the image, which is not supported');
    const kept = keptQuantisation(n);
    operator(n);
    if (kept) for (const output of n.proto.outputs) n.scope.quantised.set(output, kept);
    const unread = n.unread();
    return unread.length > 0 ? n.unsupported(`has attribute '${unread.join("', '")}', which is not supported`) : undefined;
  } catch (error) {
    if (error instanceof ModelError && error.code === 'unsupported') return error;
    throw error;
  }
}

/**
 * What the outputs stand for where the inputs are integers and the operator only moves them. Operators of quantised networks
 * say themselves; any other would compute with the integers.
 */
function keptQuantisation(n: NodeContext): Quantisation | undefined {
  const { quantised } = n.scope;
  const read = n.proto.inputs.flatMap((name) => quantised.get(name) ?? []);
  const [first] = read;
  if (!first || computesWithIntegers(n.proto.opType)) return undefined;
  const plain = first.scale.every((s) => s === 1) && first.zero.every((z) => z === 0) && !first.dynamic;
  // Pixels as bytes, made float: they are what they stand for.
  if (plain && n.proto.opType === 'Cast') return undefined;
  const moved = keepsIntegers.has(n.proto.opType) && (first.scale.length === 1 || n.proto.opType === 'Identity');
  if (!moved || read.some((q) => !sameQuantisation(q, first)))
    throw n.unsupported('computes with the integers of quantised values, which is not supported');
  return first;
}
