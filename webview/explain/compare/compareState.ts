import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { ExplanationMap, OtherSubject, Outcome, Prediction } from '../../../src/shared/protocol.ts';
import type { Choices } from '../state.ts';

/** Whose map a cell shows: the panel's own subject, or the one chosen to compare with. */
export type Side = 'own' | 'image' | 'model';

/** The subject chosen to compare with, as far as it is there. */
export interface Other {
  subject: OtherSubject;
  prediction: Prediction | undefined;
  /** Undefined until loaded; the panel's own where only the model differs. */
  picture: HTMLImageElement | undefined;
  failure: ErrorRecord | undefined;
}

export interface Running {
  /** 0..1 */
  done: number;
  secondsLeft: number | undefined;
  partial: ExplanationMap | undefined;
}

/** A place in the image, as shares of its width and height, 0..1: the same in every cell. */
export interface Place {
  u: number;
  v: number;
}

export interface CompareState {
  /** The prediction that everything here belongs to. */
  of: Prediction | undefined;
  /** By name of the map (`Cell.asks`); in order of arrival. */
  outcomes: ReadonlyMap<string, Outcome>;
  /** Slow maps under way, by name. */
  running: ReadonlyMap<string, Running>;
  /** Cancelled by the person: nothing is asked until they continue or choose something else. */
  stopped: boolean;
  /** Names of the slow maps the person let run. */
  allowed: ReadonlySet<string>;
  others: Readonly<{ image?: Other; model?: Other }>;
  /** Why no other image or model could be chosen. */
  chooseFailure: ErrorRecord | undefined;
  probe: Place | undefined;
  /** Key of the cell that Tab leads to. */
  focus: string | undefined;
  /** Key of the cell shown large in place of the grid. */
  enlarged: string | undefined;
  /** Where the grid was when one of its maps was opened in Explain. */
  left: { key: string; scroll: number; choices: Choices } | undefined;
  choosingMethods: boolean;
  /** Room for the grid, CSS pixels. */
  width: number;
}

export const nothingCompared: CompareState = {
  of: undefined,
  outcomes: new Map(),
  running: new Map(),
  stopped: false,
  allowed: new Set(),
  others: {},
  chooseFailure: undefined,
  probe: undefined,
  focus: undefined,
  enlarged: undefined,
  left: undefined,
  choosingMethods: false,
  width: 0,
};
