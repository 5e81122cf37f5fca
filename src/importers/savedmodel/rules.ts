import type { NodeDef } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { dataInputs } from './body.ts';
import type { Flat } from './flat.ts';
import type { Frame, Reference } from './frame.ts';
import { outputCount } from './outputs.ts';
import { ask, DEAD, type Rule, type Steps, type Value } from './value.ts';

type FlatRule = (at: Reference, flat: Flat) => Steps;

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

function* ordinary(at: Reference, flat: Flat): Steps {
  const inputs: string[] = [];
  for (const input of dataInputs(at.node)) {
    const value = yield* ask(at.frame, at.node, input);
    if (value.dead) return deadOutputs(at.node);
    inputs.push(value.tensor);
  }
  return write(at, flat, inputs);
}

function deadOutputs(node: NodeDef): Value[] {
  return new Array<Value>(outputCount(node)).fill(DEAD);
}

function write({ frame, node }: Reference, flat: Flat, inputs: readonly string[]): Value[] {
  return flat.emitted.add(frame, node, inputs).outputs.map((tensor) => ({ tensor }));
}

/** Output of a function as `at` refers to it: by position, or by the name of the result. */
function* result(callee: Frame, at: Reference): Steps {
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

function logical(f: (a: boolean, b: boolean) => boolean): FlatRule {
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
function* branch(at: Reference, flat: Flat): Steps {
  const { frame, node } = at;
  const { truth, dead } = yield* ask(frame, node, node.inputs[0]);
  if (dead) return [DEAD];
  if (truth === undefined) return yield* ordinary(at, flat);
  const name = node.functions?.get(truth ? 'then_branch' : 'else_branch') ?? '';
  return yield* result(frame.enter(node, name, 1), at);
}

/** TensorFlow 1's: the value goes to the one output or the other. */
function* switchOf(at: Reference, flat: Flat): Steps {
  const { frame, node } = at;
  const { truth } = yield* ask(frame, node, node.inputs[1]);
  if (truth === undefined) return yield* ordinary(at, flat);
  const value = yield* ask(frame, node, node.inputs[0]);
  return truth ? [DEAD, value] : [value, DEAD];
}

/** The one input that is in a branch that is taken. */
function* merge(at: Reference, flat: Flat): Steps {
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
function* loop(at: Reference, flat: Flat): Steps {
  const inputs: string[] = [];
  for (const input of [...flat.feeds].slice(0, 16)) inputs.push((yield { frame: at.frame.main, input, reader: at.node.name }).tensor);
  return write(at, flat, inputs);
}
