import type { ErrorRecord } from '../../src/shared/errors.ts';
import type { MethodInfo } from '../../src/shared/protocol.ts';
import type { ProbeFrames, TrainingLog, TrainingState, WholeSet } from '../../src/shared/trainingProtocol.ts';
import type { Choices } from './choices.ts';

export interface PageState {
  /** As the host tells it. */
  subject: TrainingState | undefined;
  methods: readonly MethodInfo[];
  choices: Choices;
  /** By checkpoint id; another map whenever something has come. */
  frames: ReadonlyMap<string, ProbeFrames>;
  wholes: ReadonlyMap<string, WholeSet>;
  logs: readonly TrainingLog[];
  /** Why there is nothing to show. */
  failure: ErrorRecord | undefined;
  /** Last thing worth saying that is no error. */
  notice: string | undefined;
}

export function initialState(choices: Choices): PageState {
  return {
    ...{ subject: undefined, methods: [], choices, frames: new Map(), wholes: new Map(), logs: [] },
    ...{ failure: undefined, notice: undefined },
  };
}
