import type {
  Filters,
  ImageRef,
  Projection,
  ProjectionOutcome,
  UnitClasses,
  UnitMap,
  UnitMapOutcome,
  UnitPatches,
  UnitSummary,
} from '../../../src/shared/unitsProtocol.ts';
import { noAnswer, type Slot } from '../../page/ask.ts';

/** Answers that come one by one; undefined: not there yet. */
export type Several<T> = readonly (T | undefined)[];

export interface UnitState {
  patches: Slot<UnitPatches>;
  /** All that are kept, not only the first nine. */
  all: boolean;
  /** Place of the patch that is shown large. */
  selected: number | undefined;
  /** Of the selected patch: the unit over its whole image, and what drove the cell. */
  selectedMap: Slot<UnitMap>;
  selectedProjection: Slot<Projection>;
  /** As many as patches are shown, in their order. */
  projections: Slot<Several<ProjectionOutcome>>;
  /** Images of the data set that were drawn; another draw takes others. */
  drawn: readonly ImageRef[];
  maps: Slot<Several<UnitMapOutcome>>;
  summary: Slot<UnitSummary>;
  classes: Slot<UnitClasses>;
  kernel: Slot<Filters>;
}

export const noUnit: UnitState = {
  patches: noAnswer,
  all: false,
  selected: undefined,
  selectedMap: noAnswer,
  selectedProjection: noAnswer,
  projections: noAnswer,
  drawn: [],
  maps: noAnswer,
  summary: noAnswer,
  classes: noAnswer,
  kernel: noAnswer,
};
