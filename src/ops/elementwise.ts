import type { NodeOf, ValueType } from '../graph/graph.ts';
import type { OpName } from '../graph/opset.ts';
import { broadcastShapes } from './broadcast.ts';
import { floatInput, inputType, misfit } from './inputs.ts';

type Types = readonly (ValueType | undefined)[];

/** Type of an operator that makes from every float a float. */
export function floatUnary(node: NodeOf<OpName>, inputs: Types): ValueType[] {
  return [floatInput(node, inputs, 0)];
}

/** Type of an operator that keeps shape and element type. */
export function sameUnary(node: NodeOf<OpName>, inputs: Types): ValueType[] {
  return [inputType(node, inputs, 0)];
}

/** Type of an element-wise operator with broadcasting, of one input or more. */
export function broadcastInputs(node: NodeOf<OpName>, inputs: Types): ValueType[] {
  const types = node.inputs.map((_, i) => inputType(node, inputs, i));
  const first = inputType(node, inputs, 0);
  for (const t of types) {
    if (t.dtype !== first.dtype) throw misfit(node, `mixes ${first.dtype} and ${t.dtype}`);
  }
  return [{ dtype: first.dtype, shape: types.reduce((shape, t) => broadcastShapes(node, shape, t.shape), first.shape) }];
}

/** Type of a comparison of two inputs with broadcasting. */
export function comparison(node: NodeOf<OpName>, inputs: Types): ValueType[] {
  if (node.inputs.length !== 2) throw misfit(node, `compares 2 inputs, got ${node.inputs.length}`);
  return broadcastInputs(node, inputs).map(({ shape }) => ({ dtype: 'bool', shape }));
}

/** Type of an element-wise operator of exactly two inputs. */
export function binary(node: NodeOf<OpName>, inputs: Types): ValueType[] {
  if (node.inputs.length !== 2) throw misfit(node, `needs 2 inputs, got ${node.inputs.length}`);
  return broadcastInputs(node, inputs);
}
