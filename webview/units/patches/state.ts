import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { Collection, CollectProgress, CollectResult, LayerUnits, UnitPatches } from '../../../src/shared/unitsProtocol.ts';
import { noAnswer, type Slot } from '../../page/ask.ts';

/** Top patches, and what was collected when they were asked for (`stampOf`). */
export interface Top {
  stamp: string;
  patches: UnitPatches;
}

export interface PatchesState {
  /** What is collected: `missing` is about the layer on show. */
  collection: Slot<Collection>;
  units: Slot<LayerUnits>;
  /** The answer that the order of units goes by: while collecting, units stay where they are. */
  ordered: LayerUnits | undefined;
  /** By unit, of the layer on show; in order of arrival. */
  tops: ReadonlyMap<number, Top>;
  /** Why the patches in view are not there. */
  topsFailure: ErrorRecord | undefined;
  /** Units whose row is in view or nearly so. */
  inView: ReadonlySet<number>;
  /** Cell that Tab leads to: unit and place of the patch, 0 the unit's head. */
  focus: { unit: number; at: number } | undefined;
  /** The page goes over the images. */
  collecting: { layers: readonly string[]; progress: CollectProgress | undefined } | undefined;
  /** Stopped by the person: it does not start by itself again. */
  stopped: boolean;
  collectFailure: ErrorRecord | undefined;
  /** Left out when it was last collected. */
  skipped: CollectResult['skipped'];
  /** Raised whenever something was collected or deleted. */
  runs: number;
  forgetting: 'no' | 'asked' | 'running';
}

export const noPatches: PatchesState = {
  collection: noAnswer,
  units: noAnswer,
  ordered: undefined,
  tops: new Map(),
  topsFailure: undefined,
  inView: new Set(),
  focus: undefined,
  collecting: undefined,
  stopped: false,
  collectFailure: undefined,
  skipped: [],
  runs: 0,
  forgetting: 'no',
};
