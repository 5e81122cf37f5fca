import type { ErrorRecord } from '../../src/shared/errors.ts';
import type { ExplanationMap, MethodInfo } from '../../src/shared/protocol.ts';
import type { ProbeFrames, TrainingLog, TrainingState, WholeSet } from '../../src/shared/trainingProtocol.ts';
import type { RgbPixels } from '../../src/shared/unitsProtocol.ts';
import { noAnswer, type Slot } from '../page/ask.ts';
import type { Choices } from './choices.ts';
import { noWhole, type WholeState } from './whole/state.ts';

/** A map at its own resolution. */
export interface CloseMap {
  checkpoint: string;
  map: ExplanationMap;
  picture: RgbPixels;
}

export interface PageState {
  /** As the host tells it. */
  subject: TrainingState | undefined;
  methods: readonly MethodInfo[];
  choices: Choices;
  /** By checkpoint id; another map whenever something has come. */
  frames: ReadonlyMap<string, ProbeFrames>;
  wholes: ReadonlyMap<string, WholeSet>;
  logs: readonly TrainingLog[];
  /** What the network sees of probes, by path, small. */
  pictures: ReadonlyMap<string, OffscreenCanvas>;
  /** Of the probe that is looked at closely. */
  close: Slot<CloseMap>;
  /** Room for the page's contents, CSS pixels; 0: not known yet. */
  width: number;
  /** The slider goes from checkpoint to checkpoint by itself. */
  playing: boolean;
  /** Probes by path in the order that is kept while the slider is on the move: rows do not jump under the eye. */
  held: readonly string[] | undefined;
  /** Path of the probe whose menu is open. */
  menu: string | undefined;
  /** All flips are listed, not the first few only. */
  allFlips: boolean;
  /** What is looked at in the whole set. */
  whole: WholeState;
  /** For screen readers: what has just been read. */
  news: string;
  /** Why there is nothing to show. */
  failure: ErrorRecord | undefined;
  /** Last thing worth saying that is no error. */
  notice: string | undefined;
}

export function initialState(choices: Choices): PageState {
  return {
    ...{ subject: undefined, methods: [], choices, frames: new Map(), wholes: new Map(), logs: [] },
    ...{ pictures: new Map(), close: noAnswer, width: 0, playing: false, held: undefined, menu: undefined, allFlips: false, news: '' },
    ...{ whole: noWhole, failure: undefined, notice: undefined },
  };
}
