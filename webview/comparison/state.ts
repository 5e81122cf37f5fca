import type { ErrorRecord } from '../../src/shared/errors.ts';
import type { MethodInfo } from '../../src/shared/protocol.ts';
import type {
  BothSides,
  ComparedImage,
  ComparisonResults,
  ComparisonSubject,
  Drift,
  ProbeFrames,
  ProbeMapRequest,
} from '../../src/shared/trainingProtocol.ts';
import { noAnswer, type Slot } from '../page/ask.ts';
import type { Choices } from './choices.ts';

/** A place of a picture, 0..1 from its top left corner. */
export interface Place {
  u: number;
  v: number;
}

export interface ComparisonState {
  /** As the host tells it. */
  subject: ComparisonSubject | undefined;
  results: ComparisonResults;
  methods: readonly MethodInfo[];
  choices: Choices;
  /** Both maps of the probe that is looked at closely. */
  both: Slot<ComparedImage>;
  /** Of those that the grid asked for, by image. */
  passing: ReadonlyMap<string, ComparedImage | ErrorRecord>;
  /** Maps of all probes, where the comparison's are its own. */
  frames: Slot<BothSides<ProbeFrames | undefined>>;
  /** How far both maps of the probe, and those of all probes are, 0..1. */
  done: { both: number; frames: number };
  /** Own maps that both checkpoints had last; undefined: those of the training view. */
  worked: ProbeMapRequest | undefined;
  drift: Slot<Drift>;
  /** Counts thumbnails that came: the page draws anew. */
  thumbs: number;
  /** Where somebody points, at the same place of all pictures. */
  place: Place | undefined;
  /** The second map stands where the first one does: while a key is held, or in its turn of a blink. */
  flipped: boolean;
  /** Row of the data set that somebody points at. */
  lit: number | undefined;
  /** Why there is nothing to show. */
  failure: ErrorRecord | undefined;
  /** Last thing worth saying that is no error. */
  notice: string | undefined;
}

export const nothing: ComparisonResults = { frames: { from: undefined, to: undefined }, wholes: { from: undefined, to: undefined } };

export function initialState(choices: Choices): ComparisonState {
  return {
    ...{ subject: undefined, results: nothing, methods: [], choices, both: noAnswer, passing: new Map(), drift: noAnswer },
    ...{ frames: noAnswer, done: { both: 0, frames: 0 }, worked: undefined },
    ...{ thumbs: 0, place: undefined, flipped: false, lit: undefined, failure: undefined, notice: undefined },
  };
}
