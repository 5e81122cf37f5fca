import { ModelError } from '../../shared/errors.ts';
import type { Frame, Reference } from './frame.ts';
import { outputIndex } from './outputs.ts';
import type { Ask, Rule, Steps, Value } from './value.ts';

/** The largest of keras.applications have some 20,000. One takes up to 4 kB of memory. */
const MOST_NODES = 2 ** 17;
/** Of all nodes together, control inputs too. */
const MOST_INPUTS = 2 ** 21;

/** A node being worked out, or worked out. */
interface Slot {
  at: Reference;
  /** Undefined: done. */
  steps: Steps | undefined;
  /** What it has asked for last. */
  waitsFor?: Reference;
  /** Undefined: not yet. */
  values?: readonly Value[];
}

/**
 * Works out tensors by the rule for their nodes, each node once, and what it needs before it, however deep: the stack is a
 * list, not JavaScript's. Where `perOutput` says so, each output of a node is worked out by itself, as the only one.
 * @throws ModelError 'file-corrupt' (circles), 'unsupported' (too many nodes), and what the rule throws
 */
export class Evaluator {
  readonly #rule: Rule;
  readonly #perOutput: (at: Reference) => boolean;
  readonly #slots = new Map<Frame, Map<string, Slot>>();
  #nodes = 0;
  #inputs = 0;

  constructor(rule: Rule, perOutput: (at: Reference) => boolean) {
    this.#rule = rule;
    this.#perOutput = perOutput;
  }

  value(wanted: Ask): Value {
    const at = locate(wanted);
    const root = this.#known(at) ?? this.#begin(at);
    const stack = root.values ? [] : [root];
    let given: Value | undefined;
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const step = (top.steps as Steps).next(given as Value);
      given = undefined;
      if (step.done) {
        top.values = step.value;
        top.steps = undefined;
        stack.pop();
        const asker = stack.at(-1);
        if (asker) given = this.#output(top.values, asker.waitsFor as Reference);
        continue;
      }
      top.waitsFor = locate(step.value);
      const known = this.#known(top.waitsFor);
      if (!known) stack.push(this.#begin(top.waitsFor));
      else if (known.values) given = this.#output(known.values, top.waitsFor);
      else throw circle(known.at);
    }
    return this.#output(root.values as readonly Value[], at);
  }

  #known(at: Reference): Slot | undefined {
    return this.#slots.get(at.frame)?.get(this.#key(at));
  }

  #begin(at: Reference): Slot {
    this.#nodes += 1;
    this.#inputs += at.node.inputs.length;
    const [most, what] = this.#nodes > MOST_NODES ? [MOST_NODES, 'nodes'] : [MOST_INPUTS, 'inputs of nodes'];
    if (this.#nodes > MOST_NODES || this.#inputs > MOST_INPUTS)
      throw new ModelError('unsupported', `With its functions written out, the graph has more than ${most} ${what}.`);
    const slot = { at, steps: this.#rule(at) };
    const own = this.#slots.get(at.frame) ?? new Map<string, Slot>();
    this.#slots.set(at.frame, own.set(this.#key(at), slot));
    return slot;
  }

  #key(at: Reference): string {
    return this.#perOutput(at) ? `${at.node.name}:${at.arg ?? ''}:${at.index}` : at.node.name;
  }

  #output(values: readonly Value[], at: Reference): Value {
    const { node, arg, index } = at;
    const value = this.#perOutput(at) ? values[0] : values[outputIndex(node.op, arg, index) ?? -1];
    if (value) return value;
    const where = at.frame.prefix + node.name;
    throw new ModelError('unsupported', `Output ${arg ?? ''}:${index} of ${node.op} '${where}' is not supported.`, { where });
  }
}

function locate({ frame, input, reader }: Ask): Reference {
  return frame.locate(input, reader);
}

function circle({ frame, node }: Reference): ModelError {
  const where = frame.prefix + node.name;
  return new ModelError('file-corrupt', `${node.op} '${where}' depends on itself.`, { where });
}
