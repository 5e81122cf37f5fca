import type { NodeDef } from '../../formats/tensorflow/types.ts';
import type { Frame, Reference } from './frame.ts';

/** What a tensor of the file is in the flat graph. */
export interface Value {
  /** Name in the flat graph; '' for one that is never computed. */
  tensor: string;
  /** In a branch that is never taken. */
  dead?: boolean;
  /** Known now: a constant or variable. */
  constant?: boolean;
  /** Of a known boolean. */
  truth?: boolean;
}

export const DEAD: Value = { tensor: '', dead: true };

/** A tensor that a rule needs before it can go on, as `frame` calls it. */
export interface Ask {
  frame: Frame;
  /** Input or result: `node:0`, `^node`, an argument's name. */
  input: string;
  /** Who reads it, for messages. */
  reader: string;
}

/** Works out the outputs of a node; asks for its inputs by yielding them. */
export type Steps = Generator<Ask, readonly Value[], Value>;

/** Works out one output of a node, where each comes from elsewhere. */
export type Rule = (at: Reference) => Steps;

export function* ask(frame: Frame, node: NodeDef, input: string | undefined): Generator<Ask, Value, Value> {
  return yield { frame, input: input ?? '', reader: node.name };
}
