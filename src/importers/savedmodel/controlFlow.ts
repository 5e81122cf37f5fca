import { dataInputs } from './body.ts';
import type { Flat } from './flat.ts';
import type { Reference } from './frame.ts';
import { ask, DEAD, type Steps, type Value } from './value.ts';
import { deadOutputs, type FlatRule, ordinary, result, write } from './write.ts';

// Conditions are decided where they are known, as whether this is training is; loops are refused.

/** A boolean of known ones is known. */
export function logical(f: (a: boolean, b: boolean) => boolean): FlatRule {
  return function* (at, flat) {
    const values: Value[] = [];
    for (const input of dataInputs(at.node)) values.push(yield* ask(at.frame, at.node, input));
    if (values.some((v) => v.dead)) return [DEAD];
    const [a, b = a] = values;
    if (a?.truth === undefined || b?.truth === undefined)
      return write(
        at,
        flat,
        values.map((v) => v.tensor),
      );
    return [flat.truth(at, f(a.truth, b.truth))];
  };
}

/** TensorFlow 2's condition: the branch that is taken, if that is known. */
export function* branch(at: Reference, flat: Flat): Steps {
  const { frame, node } = at;
  const { truth, dead } = yield* ask(frame, node, node.inputs[0]);
  if (dead) return [DEAD];
  if (truth === undefined) return yield* ordinary(at, flat);
  const name = node.functions?.get(truth ? 'then_branch' : 'else_branch') ?? '';
  return yield* result(frame.enter(node, name, 1), at);
}

/** TensorFlow 1's: the value goes to the one output or the other. */
export function* switchOf(at: Reference, flat: Flat): Steps {
  const { frame, node } = at;
  const { truth } = yield* ask(frame, node, node.inputs[1]);
  if (truth === undefined) return yield* ordinary(at, flat);
  const value = yield* ask(frame, node, node.inputs[0]);
  return truth ? [DEAD, value] : [value, DEAD];
}

/** The one input that is in a branch that is taken. */
export function* merge(at: Reference, flat: Flat): Steps {
  const alive: Value[] = [];
  for (const input of dataInputs(at.node)) {
    const value = yield* ask(at.frame, at.node, input);
    if (!value.dead) alive.push(value);
  }
  const [only] = alive;
  if (!only) return deadOutputs(at.node);
  return alive.length === 1
    ? [only]
    : write(
        at,
        flat,
        alive.map((v) => v.tensor),
      );
}

/** TensorFlow 1's loops go in circles and are not followed: a node that reads all inputs stands for what comes out, and is refused by name. */
export function* loop(at: Reference, flat: Flat): Steps {
  const inputs: string[] = [];
  for (const input of [...flat.feeds].slice(0, 16)) inputs.push((yield { frame: at.frame.main, input, reader: at.node.name }).tensor);
  return write(at, flat, inputs);
}
