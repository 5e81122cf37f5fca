import type { NodeDef } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { dataInputs } from './body.ts';
import type { Flat } from './flat.ts';
import type { Frame, Reference } from './frame.ts';
import { outputCount } from './outputs.ts';
import { ask, DEAD, type Steps, type Value } from './value.ts';

/** Works out the outputs of one node. */
export type FlatRule = (at: Reference, flat: Flat) => Steps;

/** Writes the node out as it is. */
export function* ordinary(at: Reference, flat: Flat): Steps {
  const inputs: string[] = [];
  for (const input of dataInputs(at.node)) {
    const value = yield* ask(at.frame, at.node, input);
    if (value.dead) return deadOutputs(at.node);
    inputs.push(value.tensor);
  }
  return write(at, flat, inputs);
}

export function deadOutputs(node: NodeDef): Value[] {
  return new Array<Value>(outputCount(node)).fill(DEAD);
}

export function write({ frame, node }: Reference, flat: Flat, inputs: readonly string[]): Value[] {
  return flat.emitted.add(frame, node, inputs).outputs.map((tensor) => ({ tensor }));
}

/** Output of a function as `at` refers to it: by position, or by the name of the result. */
export function* result(callee: Frame, at: Reference): Steps {
  const f = callee.body.function;
  const named = at.arg !== undefined && at.arg !== 'output' && f?.results.includes(at.arg) ? at.arg : undefined;
  const name = named ?? f?.results[at.index];
  const input = name === undefined ? undefined : f?.returns.get(name);
  if (input === undefined) {
    const where = at.frame.prefix + at.node.name;
    throw new ModelError('file-corrupt', `'${where}' has no output ${at.index}.`, { where });
  }
  return [yield { frame: callee, input, reader: `results of ${f?.name}` }];
}
