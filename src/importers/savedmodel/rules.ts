import { ModelError } from '../../shared/errors.ts';
import { dataInputs } from './body.ts';
import { branch, logical, loop, merge, switchOf } from './controlFlow.ts';
import type { Flat } from './flat.ts';
import type { Frame, Reference } from './frame.ts';
import { ask, type Rule, type Steps, type Value } from './value.ts';
import { deadOutputs, type FlatRule, ordinary, result, write } from './write.ts';

/** Nodes that are not written out as they are. All others are. */
const rules: Readonly<Record<string, FlatRule | undefined>> = {
  Const: constant,
  Enter: loop,
  Exit: loop,
  Identity: identity,
  IdentityN: identityN,
  If: branch,
  LogicalAnd: logical((a, b) => a && b),
  LogicalNot: logical((a) => !a),
  LogicalOr: logical((a, b) => a || b),
  LoopCond: loop,
  Merge: merge,
  NextIteration: loop,
  Placeholder: placeholder,
  PlaceholderV2: placeholder,
  PlaceholderWithDefault: placeholder,
  ReadVariableOp: readVariable,
  RefEnter: loop,
  RefExit: loop,
  RefMerge: merge,
  RefNextIteration: loop,
  RefSwitch: switchOf,
  StatelessIf: branch,
  Switch: switchOf,
  VarHandleOp: variable,
  Variable: variable,
  VariableV2: variable,
};

/** Calls and conditions lead elsewhere, each output to another place. */
export function perOutput({ frame, node }: Reference): boolean {
  return frame.library.callee(node) !== undefined || node.op === 'If' || node.op === 'StatelessIf';
}

export function flatRule(flat: Flat): Rule {
  return function* (at) {
    const { frame, node } = at;
    // Mostly a placeholder; any other may be fed as well.
    if (flat.isFed(frame, node)) return [flat.input(at)];
    // TensorFlow 1: a constant in a branch that is not taken is known by its control input, the branch's pivot.
    if (frame.body.switches && node.op !== 'Merge' && node.op !== 'RefMerge') {
      for (const input of node.inputs) {
        if (!input.startsWith('^') || !isPivot(frame, input)) continue;
        if ((yield { frame, input, reader: node.name }).dead) return deadOutputs(node);
      }
    }
    const call = frame.library.callee(node);
    if (call) return yield* result(frame.enter(node, call.name, call.skip), at);
    return yield* (Object.hasOwn(rules, node.op) && rules[node.op]?.(at, flat)) || ordinary(at, flat);
  };
}

function isPivot(frame: Frame, input: string): boolean {
  const op = frame.body.nodes.get(input.slice(1).split(':')[0] ?? '')?.op;
  return op === 'Identity' || op === 'Switch' || op === 'RefSwitch';
}

// biome-ignore lint/correctness/useYield: a rule asks for nothing
function* constant(at: Reference, flat: Flat): Steps {
  const value = at.node.value && flat.constant(at, at.node.value);
  return value ? [value] : write(at, flat, []);
}

// biome-ignore lint/correctness/useYield: a rule asks for nothing
function* variable(at: Reference, flat: Flat): Steps {
  return [flat.variable(at)];
}

/** A handle and the value behind it have one name. */
function* readVariable(at: Reference, flat: Flat): Steps {
  const { frame, node } = at;
  for (const input of node.inputs) {
    const before = input.startsWith('^') ? frame.body.nodes.get(input.slice(1)) : undefined;
    if (before && /^Assign\w*VariableOp$/.test(before.op) && before.inputs[0] === node.inputs[0]) {
      const where = frame.prefix + node.name;
      throw new ModelError('unsupported', `${before.op} '${frame.prefix}${before.name}' changes a variable that is then read.`, { where });
    }
  }
  const value = yield* ask(at.frame, at.node, at.node.inputs[0]);
  return value.constant || value.dead ? [value] : write(at, flat, [value.tensor]);
}

const TRAINING = /(^|[/_])(keras_learning_phase|learning_phase|is_training|training|phase_train|train_phase)(_\d+)?$/i;

/** One that nobody feeds has its default; whether this is training is known: it is not. */
function* placeholder(at: Reference, flat: Flat): Steps {
  const { frame, node } = at;
  if (node.op === 'PlaceholderWithDefault') return [yield* ask(frame, node, node.inputs[0])];
  if (isPhase(node.name, node.attrs.dtype)) return [flat.truth(at, false)];
  const where = frame.prefix + node.name;
  throw new ModelError('input', `The placeholder '${where}' is not among the inputs of the signature, and has no default.`, {
    where,
    hint: 'Save the model for inference, with the image as the only input.',
  });
}

export function isPhase(name: string, dtype: unknown): boolean {
  return dtype === 'DT_BOOL' && TRAINING.test(name);
}

/** Of what is known, it is that; `w/read` is `w`. */
function* identity(at: Reference, flat: Flat): Steps {
  const value = yield* ask(at.frame, at.node, at.node.inputs[0]);
  return value.dead || value.constant ? [value] : write(at, flat, [value.tensor]);
}

/** Of custom gradients. */
function* identityN(at: Reference): Steps {
  const values: Value[] = [];
  for (const input of dataInputs(at.node)) values.push(yield* ask(at.frame, at.node, input));
  return values;
}
