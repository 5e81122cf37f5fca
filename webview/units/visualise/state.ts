import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { RgbPixels, Visualisation, VisualiseRequest } from '../../../src/shared/unitsProtocol.ts';
import { noSearch, type Search } from '../../page/classSearch.ts';

/** The picture after so many steps, and the objective there. */
export interface Frame {
  step: number;
  value: number;
  pixels: RgbPixels;
}

/** One climb of this session, running or over. */
export interface Climb {
  /** Counts up over the session. */
  id: number;
  modelHash: string;
  request: VisualiseRequest;
  /** What is climbed, for people: `star`, `conv2d_3 unit 17`. */
  name: string;
  state: 'running' | 'done' | 'stopped' | 'failed';
  /** How far it is; both 0 until the engine says. */
  step: number;
  steps: number;
  secondsLeft: number | undefined;
  /** The objective at the steps that were told, in order. */
  trace: readonly { step: number; value: number }[];
  /** Pictures on the way, in order; thinned out where there are too many. */
  frames: readonly Frame[];
  result: Visualisation | undefined;
  error: ErrorRecord | undefined;
}

export interface VisualiseState {
  /** Oldest first. At most one is running. */
  climbs: readonly Climb[];
  /** `id` of the one on the stage; undefined: the newest. */
  shown: number | undefined;
  /** Which of its pictures, the final one behind the frames; undefined: the last there is. */
  frame: number | undefined;
  search: Search;
}

export const noVisualise: VisualiseState = { climbs: [], shown: undefined, frame: undefined, search: noSearch };
