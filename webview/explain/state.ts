import type { ErrorRecord } from '../../src/shared/errors.ts';
import type {
  ExplanationMap,
  MapRequest,
  MethodFamily,
  MethodInfo,
  PanelSubject,
  PanelUiState,
  Prediction,
  PreprocessingTrial,
  Rect,
} from '../../src/shared/protocol.ts';
import type { Question } from '../../src/shared/question.ts';
import type { Size } from '../draw/geometry.ts';
import type { Range } from '../draw/scale.ts';
import { noSearch, type Search } from '../page/classSearch.ts';
import type { CompareChoices } from './compare/choices.ts';
import { type CompareState, nothingCompared } from './compare/compareState.ts';

/** What the person chose; kept over hiding and reload. */
export interface Choices extends PanelUiState {
  /** Variant per method id, so that going back to a method finds it as it was. */
  variants?: Readonly<Record<string, string>>;
  /** Part of a dense output, in its cells. */
  region?: Rect;
  range?: Range;
  /** Colour map for signed maps; `colorMap` is the one for the others. */
  divergingMap?: string;
  /** False: cells as they are, without interpolation. */
  smooth?: boolean;
  /** False: the card about the method is closed. */
  about?: boolean;
  /** Paths of models for which known class names were offered and declined. */
  declined?: readonly string[];
  compare?: CompareChoices;
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

/** Image pixel. */
export interface Point {
  x: number;
  y: number;
}

/** An answer on its way to the sidecar, and why the last one did not get there. */
export interface Answer {
  /** What is being saved. */
  saving: string | undefined;
  error: ErrorRecord | undefined;
}

export const nothingAnswered: Answer = { saving: undefined, error: undefined };

export interface PageState {
  subject: PanelSubject | undefined;
  methods: readonly MethodInfo[];
  choices: Choices;
  picture: Picture | undefined;
  prediction: Prediction | undefined;
  /** Why there is no prediction, or no page at all. */
  failure: ErrorRecord | undefined;
  /** What the person is asked: what nothing tells, or what they want to change. */
  asked: Question | undefined;
  /** The image under each common preprocessing, when that is asked. */
  trials: readonly PreprocessingTrial[] | undefined;
  answer: Answer;
  jobs: ReadonlyMap<string, Job>;
  /** Last whole map of each method: stays on screen, faded, while the next is computed. */
  previous: Readonly<Record<string, ExplanationMap>>;
  /** Family of methods the person looks at; undefined: the chosen method's. */
  family: MethodFamily | undefined;
  /** What choosing a class sets: the explained one, or the one subtracted. */
  slot: 'class' | 'against';
  /** The rectangle of image pixels being drawn, from its first corner; undefined: the tool is not in hand. */
  marking: { from?: Point; to?: Point } | undefined;
  /** Point of a check's chart being read: the check's place among the map's, the point's in its series. */
  reading: { check: number; at: number } | undefined;
  compare: CompareState;
  /** Image pixel under the pointer or the keyboard cursor. */
  probe: Point | undefined;
  /** Overlay hidden as long as a key or button is held. */
  peeking: boolean;
  zoom: number;
  /** Room for the image, CSS pixels. */
  room: Size;
  search: Search;
  menuOpen: boolean;
  warningsHidden: boolean;
  /** Last thing worth saying that is no error: where an export went. */
  notice: string | undefined;
}

export function initialState(choices: Choices): PageState {
  return {
    subject: undefined,
    methods: [],
    choices,
    picture: undefined,
    ...nothingYet(),
    zoom: 1,
    room: { width: 0, height: 0 },
    compare: nothingCompared,
    menuOpen: false,
    family: undefined,
  };
}

/** What every new subject starts with. */
export function nothingYet() {
  return {
    prediction: undefined,
    failure: undefined,
    asked: undefined,
    trials: undefined,
    answer: nothingAnswered,
    jobs: new Map<string, Job>(),
    previous: {},
    slot: 'class' as const,
    marking: undefined,
    reading: undefined,
    probe: undefined,
    peeking: false,
    search: noSearch,
    warningsHidden: false,
    notice: undefined,
  };
}
