import type { ErrorRecord } from '../../src/shared/errors.ts';
import type { MethodInfo, ModelInfo } from '../../src/shared/protocol.ts';
import type { FeatureLayer, LayoutInfo, SpaceRows, SpaceSubject } from '../../src/shared/spaceProtocol.ts';
import { noAnswer, type Slot } from '../page/ask.ts';
import type { Choices } from './choices.ts';
import { type IndexBarState, noIndex } from './index/state.ts';
import { type MapState, noMap } from './map/state.ts';
import { type MistakesState, noMistakes } from './mistakes/state.ts';
import { type NeighboursState, noNeighbours } from './neighbours/state.ts';
import { noSelection, type SelectionState } from './selection/state.ts';

/** The model as this page knows it. */
export interface ModelSpace {
  model: ModelInfo;
  layers: readonly FeatureLayer[];
  defaultLayer: string;
}

export interface SpaceState {
  subject: SpaceSubject | undefined;
  layouts: readonly LayoutInfo[];
  methods: readonly MethodInfo[];
  choices: Choices;
  space: ModelSpace | undefined;
  /** Why there is nothing to show. */
  failure: ErrorRecord | undefined;
  warningsHidden: boolean;
  /** Last thing worth saying that is no error. */
  notice: string | undefined;
  /** How much is indexed. */
  index: IndexBarState;
  /** What is indexed. */
  rows: Slot<SpaceRows>;
  /** Raised when more thumbnails are there. */
  thumbs: number;
  map: MapState;
  neighbours: NeighboursState;
  mistakes: MistakesState;
  selection: SelectionState;
}

export function initialState(choices: Choices): SpaceState {
  return { subject: undefined, layouts: [], methods: [], choices, thumbs: 0, ...nothingYet() };
}

/** What every new subject starts with. `before`: the page as it was, where the new one has the same model. */
export function nothingYet(before?: SpaceState) {
  return {
    space: before?.space,
    failure: undefined,
    warningsHidden: before?.warningsHidden ?? false,
    // What was just done may be what made the subject another one.
    notice: before?.notice,
    index: before?.index ?? noIndex,
    rows: before?.rows ?? noAnswer,
    map: before?.map ?? noMap,
    neighbours: noNeighbours,
    mistakes: noMistakes,
    selection: noSelection,
  };
}
