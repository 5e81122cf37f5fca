import type { OpName } from '../../src/graph/opset.ts';
import { activations } from './opCases/activations.ts';
import { elementwise } from './opCases/elementwise.ts';
import { linear } from './opCases/linear.ts';
import type { CasesOf, OpCase } from './opCases/opCase.ts';
import { reductions } from './opCases/reductions.ts';
import { shapes } from './opCases/shapes.ts';

/** Small uses of every operator. An operator without a case is a compile error. */
export const opCases: CasesOf<OpName> = { ...linear, ...activations, ...elementwise, ...shapes, ...reductions };

/** All cases in one list, for loops that treat operators alike. */
export const allCases: readonly { op: OpName; title: string; testCase: OpCase<OpName> }[] = Object.entries(opCases).flatMap(([op, cases]) =>
  cases.map((c) => ({ op: op as OpName, title: `${op}: ${c.name}`, testCase: c as unknown as OpCase<OpName> })),
);
