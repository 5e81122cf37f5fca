import type { ErrorRecord } from '../../src/shared/errors.ts';
import type {
  ExplanationMap,
  MapRequest,
  MethodInfo,
  PanelSubject,
  PanelUiState,
  Prediction,
  PreprocessingTrial,
} from '../../src/shared/protocol.ts';
import type { Size } from '../draw/geometry.ts';
import type { Range } from '../draw/scale.ts';

/** What the person chose; kept over hiding and reload. `variant` is the current method's. */
export interface Choices extends PanelUiState {
  /** Variant per method id, so that going back to a method finds it as it was. */
  variants?: Readonly<Record<string, string>>;
  range?: Range;
  /** Colour map for signed maps; `colorMap` is the one for the others. */
  divergingMap?: string;
  /** False: cells as they are, without interpolation. */
  smooth?: boolean;
}

/** The original image as the browser shows it. */
export interface Picture {
  url: string;
  /** Natural size; undefined until it is loaded. */
  size: Size | undefined;
  element: HTMLImageElement | undefined;
  error: ErrorRecord | undefined;
}

export interface Job {
  key: string;
  request: MapRequest;
  state: 'running' | 'done' | 'stopped' | 'failed';
  /** Whole when `done`, what there is otherwise. */
  map: ExplanationMap | undefined;
  /** 0..1; 0 for methods that report none. */
  progress: number;
  secondsLeft: number | undefined;
  error: ErrorRecord | undefined;
}

export interface Trials {
  list: readonly PreprocessingTrial[] | undefined;
  error: ErrorRecord | undefined;
  /** Id of the one being saved. */
  saving: string | undefined;
}

export interface PageState {
  subject: PanelSubject | undefined;
  methods: readonly MethodInfo[];
  choices: Choices;
  picture: Picture | undefined;
  prediction: Prediction | undefined;
  /** Why there is no prediction, or no page at all. */
  failure: ErrorRecord | undefined;
  trials: Trials | undefined;
  jobs: ReadonlyMap<string, Job>;
  /** Last whole map of each method: stays on screen, faded, while the next is computed. */
  previous: Readonly<Record<string, ExplanationMap>>;
  /** Image pixel under the pointer or the keyboard cursor. */
  probe: { x: number; y: number } | undefined;
  /** Overlay hidden as long as a key or button is held. */
  peeking: boolean;
  zoom: number;
  /** Room for the image, CSS pixels. */
  room: Size;
  search: { text: string; open: boolean; active: number };
  menuOpen: boolean;
  warningsHidden: boolean;
  /** Last thing worth saying that is no error: where an export went. */
  notice: string | undefined;
}

export const noSearch = { text: '', open: false, active: 0 };

export function initialState(choices: Choices): PageState {
  return {
    subject: undefined,
    methods: [],
    choices,
    picture: undefined,
    ...nothingYet(),
    zoom: 1,
    room: { width: 0, height: 0 },
    menuOpen: false,
  };
}

/** What every new subject starts with. */
export function nothingYet() {
  return {
    prediction: undefined,
    failure: undefined,
    trials: undefined,
    jobs: new Map<string, Job>(),
    previous: {},
    probe: undefined,
    peeking: false,
    search: noSearch,
    warningsHidden: false,
    notice: undefined,
  };
}
