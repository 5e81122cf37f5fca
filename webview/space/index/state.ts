import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { Indexing, IndexState } from '../../../src/shared/spaceProtocol.ts';

/** How much of the data set is indexed, and what goes on. */
export interface IndexBarState {
  /** Undefined: not known yet. */
  state: IndexState | undefined;
  indexing: Indexing | undefined;
  error: ErrorRecord | undefined;
}

export const noIndex: IndexBarState = { state: undefined, indexing: undefined, error: undefined };
