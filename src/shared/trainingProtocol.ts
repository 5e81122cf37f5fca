/**
 * What the views about a training run and their engine calls say to each other: runs, checkpoints, what each says of the probes and of the
 * whole data set, logs. Plain data only, as in `protocol.ts`.
 */
import type { ErrorRecord } from './errors.ts';
import type { Call, ExplanationMap, JobParams, LayerInfo, MapRequest, MethodInfo } from './protocol.ts';
import type { ImageRef, RgbPixels } from './unitsProtocol.ts';

// ---------------------------------------------------------------- runs

/** `checkpoints`: a file or folder for each checkpoint. `file`: one that is overwritten in place. */
export type RunKind = 'checkpoints' | 'file';

/** What the number in a checkpoint's name counts; `version`: how often the file was written. */
export type RunAxis = 'epoch' | 'step' | 'number' | 'version';

export interface RunSummary {
  id: string;
  kind: RunKind;
  /** For people, relative to the workspace: `models/shapes/checkpoints/epoch_*`. */
  label: string;
  axis: RunAxis;
  /** Checkpoints found. */
  count: number;
}

/** What is known of a checkpoint so far. A checkpoint that was read keeps its results whatever becomes of its files. */
export type Reading =
  /** Complete, and its turn has not come. */
  | { state: 'waiting' }
  /** Still being written, or given up half-way; `why`: a sentence. */
  | { state: 'incomplete'; why: string }
  | { state: 'running'; what: string; done: number; total: number }
  | { state: 'done' }
  | { state: 'failed'; error: ErrorRecord };

export interface Checkpoint {
  /** Names it in calls. */
  id: string;
  /** For people: `epoch_07`. */
  name: string;
  /** Its place on the run's axis. */
  at: number;
  /** Model file, absolute. */
  path: string;
  /** ms since 1970. */
  modified: number;
  bytes: number;
  reading: Reading;
  /** Names what was read of it in engine calls: model hash and preprocessing. Undefined: nothing was. */
  version: string | undefined;
  /** A person keeps it in sight: the one that others are compared with. */
  pinned: boolean;
  /** Overwritten or deleted since: only what was read of it is left. */
  gone: boolean;
}

// ---------------------------------------------------------------- probes

export interface Probe extends ImageRef {
  /** Chosen by a person; the others are a balanced sample of the data set. */
  pinned: boolean;
}

/** Which class the maps of a film strip explain: the true one (where known, else the predicted one), or whatever each checkpoint predicts. */
export type ExplainedClass = 'truth' | 'predicted';

/** Which maps: a method, its variant, its layer. */
export type ProbeMapRequest = Pick<MapRequest, 'method' | 'variant' | 'layer' | 'params'>;

/** One method at one layer for all probes and checkpoints. */
export interface MapChoice {
  request: ProbeMapRequest;
  of: ExplainedClass;
}

/** A map covers what the network is fed. Cells within this part of a side from an edge are its border: 0.75 of the area. */
export const borderWidth = 0.25;
export const borderArea = 1 - (1 - 2 * borderWidth) ** 2;

/** What one checkpoint says of the probes: in columns, a row each, in the order of `images`. */
export interface ProbeFrames {
  version: string;
  /** Absolute. */
  images: readonly string[];
  /** Class names. */
  classes: readonly string[];
  /** Outputs are class scores: else there are no probabilities and nothing is right or wrong. */
  scored: boolean;
  /** Index into `classes`; −1: unknown, or the image failed. */
  truth: Int32Array;
  predicted: Int32Array;
  /** Class that the map explains. */
  explained: Int32Array;
  /** Probability of the predicted class; of the true one. NaN where there is none. */
  confidence: Float32Array;
  trueProbability: Float32Array;
  /** What was asked for, with its defaults filled in. */
  map: { method: string; variant: string; layer: string; relu: boolean; signed: boolean; unit: string };
  height: number;
  width: number;
  /** [images,height,width]: raw values, averaged over cells where the map itself is larger than 32 × 32; NaN where there is none. */
  maps: Float32Array;
  /** Share of the positive evidence that lies on the border (`borderWidth`), measured at the fed size; NaN where there is none. */
  borderShare: Float32Array;
  /** 1: the hottest point lies on the border. */
  borderPeak: Uint8Array;
  /** The same of the object, and the share of the picture that it covers; NaN where there is no mask. */
  objectShare: Float32Array;
  objectArea: Float32Array;
  objectPeak: Uint8Array;
  errors: readonly { row: number; error: ErrorRecord }[];
  ms: number;
}

// ---------------------------------------------------------------- the whole data set

/** Units (channels, or numbers of a vector) of a layer that are positive for no image of the set. */
export interface DeadUnits {
  layer: string;
  units: number;
  dead: number;
}

/** How far the network has moved between two checkpoints, without any projection. */
export interface Drift {
  from: string;
  to: string;
  /** Mean share of the 10 nearest neighbours of an image that stay the same, at the feature layer, cosine. */
  overlap: number;
  /** Linear centred kernel alignment of the layers' features, 1: the same up to rotation and scale (Kornblith et al. 2019). */
  cka: readonly { layer: string; value: number }[];
  /** Images measured. */
  images: number;
}

/** What one checkpoint says of the data set: in columns, in the order of `images`. */
export interface WholeSet {
  version: string;
  /** Absolute. The same list (by content) for all checkpoints that were asked about the same set. */
  images: readonly string[];
  classes: readonly string[];
  /** So many of `classes` are the model's. */
  modelClasses: number;
  /** Index into `classes`; −1: none, or unreadable. */
  labels: Int32Array;
  predicted: Int32Array;
  /** Probability of the predicted class. */
  confidence: Float32Array;
  /** Share of right ones among those with a label; NaN where there is none. */
  accuracy: number;
  /** Mean cross-entropy of the labels, nats; NaN where there is none. */
  loss: number;
  dead: readonly DeadUnits[];
  /** Feature layer of the map and of the overlap. */
  layer: string;
  /** [images,2]: t-SNE; NaN for unreadable ones. Undefined: too few images. */
  positions: Float32Array | undefined;
  /** Version whose layout this one starts from and is held to; undefined: the first. */
  alignedTo: string | undefined;
  /** KL divergence of the layout, and what it would be if it were not held: the price of alignment. NaN where not measured. */
  kl: number;
  klFree: number;
  drift: Drift | undefined;
  ms: number;
}

// ---------------------------------------------------------------- logs

/** One curve of a log file, in order of x. */
export interface LogSeries {
  name: string;
  /** Epoch or step as the file counts. */
  x: Float64Array;
  y: Float64Array;
  /** ms since 1970; undefined where the file does not say. */
  time: Float64Array | undefined;
  /** Of a file that counts epochs and steps: the steps. */
  step?: Float64Array;
}

export interface TrainingLog {
  /** That one can open: of a folder's event files the newest. */
  file: string;
  kind: 'csv' | 'json' | 'tensorboard';
  /** When it was written last, ms since 1970; NaN where it could not be read. */
  modified: number;
  axis: 'epoch' | 'step';
  series: readonly LogSeries[];
  warnings: readonly ErrorRecord[];
}

// ---------------------------------------------------------------- host → engine

type OfModel = JobParams & { model: string };

export interface TrainingCalls {
  /**
   * What a checkpoint says of probes. `store`: folder that results are kept in: those of unchanged files are looked up. Fails with
   * 'file-changed' where the files changed while it was at work: no result is of two versions. `masks`: by image, where the object is.
   */
  probeFrames: Call<
    OfModel & { store: string; images: readonly string[]; masks: Readonly<Record<string, string>>; choice: MapChoice },
    ProbeFrames,
    { done: number; total: number }
  >;
  /** The same of a data set. `before`: version whose layout this one is aligned to and whose drift is measured. */
  wholeSet: Call<
    OfModel & { store: string; images: readonly string[]; roots: readonly string[]; labelFile?: string; before?: string },
    WholeSet,
    { phase: string; done: number; total: number }
  >;
  /** What is kept of a version, read no more than looked up: for one whose files are gone. Undefined: nothing. */
  recall: Call<
    JobParams & { store: string; version: string; images: readonly string[]; choice: MapChoice },
    { frames: ProbeFrames | undefined; whole: WholeSet | undefined }
  >;
  /** Between any two versions of which the whole set is kept. Fails with 'stale' where one is not. */
  drift: Call<JobParams & { store: string; from: string; to: string }, Drift>;
  /** Deletes what is kept of a version; without it, of all. */
  forgetVersion: Call<JobParams & { store: string; version?: string }, void>;
  /** Layers that maps of a checkpoint can be drawn at, and the methods' own default. */
  mapLayers: Call<OfModel, { layers: readonly LayerInfo[]; defaultLayer: string }>;
  /** Reads log files; one that cannot be read is a warning, not a failure. */
  trainingLogs: Call<JobParams & { files: readonly string[] }, readonly TrainingLog[]>;
}

// ---------------------------------------------------------------- page → host: the side bar

/**
 * `off`: in Restricted Mode nothing is followed before a person asks. `none`: no run was found. `missing`: the run that was followed is
 * gone. `on`: it is followed.
 */
export type Following = 'off' | 'none' | 'on';

/** All that is small: told anew whenever something changes. */
export interface TrainingState {
  /** Raised when the run or the choice of maps is another: frames of older ones are dropped. Those of other probes stay until there are newer ones. */
  generation: number;
  following: Following;
  runs: readonly RunSummary[];
  run: RunSummary | undefined;
  /** In order of `at`. */
  checkpoints: readonly Checkpoint[];
  probes: readonly Probe[];
  choice: MapChoice;
  layers: readonly LayerInfo[];
  /** The data set as it would be, or is, evaluated at each checkpoint; undefined: there is none. */
  set: { label: string; count: number; of: number; on: boolean } | undefined;
  /** A person has paused all work. */
  paused: boolean;
  /** Something to say that stops nothing, and what stops everything. */
  notice: string | undefined;
  failure: ErrorRecord | undefined;
}

/** Everything, for a page that is shown (again). */
export interface TrainingSnapshot {
  state: TrainingState;
  /** By checkpoint id. */
  frames: readonly { checkpoint: string; frames: ProbeFrames }[];
  wholes: readonly { checkpoint: string; whole: WholeSet }[];
  logs: readonly TrainingLog[];
}

export interface TrainingPageCalls {
  ready: Call<Record<string, never>, TrainingSnapshot>;
  /** Starts the engine, if need be: what is kept is shown before. */
  methods: Call<Record<string, never>, readonly MethodInfo[]>;
  /** In Restricted Mode: a person asks for it, for this session. */
  follow: Call<Record<string, never>, void>;
  chooseRun: Call<{ id?: string }, void>;
  /** Asks for a model file that is overwritten in place, and follows it. */
  watchFile: Call<Record<string, never>, void>;
  choose: Call<{ choice: MapChoice }, void>;
  followSet: Call<{ on: boolean }, void>;
  setPaused: Call<{ paused: boolean }, void>;
  /** Asks for pictures. */
  addProbes: Call<Record<string, never>, void>;
  /** Of a pinned one: unpinned. Of one of the sample: left out of it. */
  removeProbe: Call<{ image: string }, void>;
  pinProbe: Call<{ image: string }, void>;
  /** What the network sees of images, in their order, with the newest checkpoint that was read. */
  pictures: Call<{ images: readonly string[] }, readonly (RgbPixels | undefined)[]>;
  /** How far the network moved between two checkpoints, by id, at both of which the data set was evaluated. */
  drift: Call<{ from: string; to: string }, Drift>;
  /** The map at its own resolution. Fails with 'file-missing' or 'file-changed' where the checkpoint is gone. */
  explain: Call<{ checkpoint: string; image: string; class?: number }, { map: ExplanationMap; picture: RgbPixels }>;
  /** Opens the explanation of an image by a checkpoint. */
  openProbe: Call<{ checkpoint: string; image: string }, void>;
  compare: Call<{ from: string; to: string; image?: string }, void>;
  /** The slider stands here: the tree shows it. */
  looking: Call<{ checkpoint: string }, void>;
  retry: Call<{ checkpoint: string }, void>;
  openLog: Call<{ file: string }, void>;
  showSettings: Call<Record<string, never>, void>;
  showLog: Call<Record<string, never>, void>;
}

export interface TrainingPageEvents {
  state: TrainingState;
  frames: { generation: number; checkpoint: string; frames: ProbeFrames };
  whole: { generation: number; checkpoint: string; whole: WholeSet };
  logs: readonly TrainingLog[];
  /** Somebody chose a checkpoint in the tree: the slider goes there. */
  show: { checkpoint: string };
}

// ---------------------------------------------------------------- page → host: two checkpoints side by side

/** All that is small: told anew whenever something changes. */
export interface ComparisonSubject {
  /** Raised when the pair, the probes or the choice of maps is another: what was asked for before is dropped. */
  generation: number;
  /** Opaque: with it the host finds run and checkpoints again after a window reload. */
  restore: string;
  /** For people. */
  run: string;
  axis: RunAxis;
  /** The older one by choice, not by time. One that is not found any more is `gone` and has no version. */
  from: Checkpoint;
  to: Checkpoint;
  /** Those that one of them can be changed for: all that were read, in order of `at`; how they are read is not told. */
  others: readonly Checkpoint[];
  probes: readonly Probe[];
  choice: MapChoice;
  layers: readonly LayerInfo[];
  /** What stands in the way of everything; `follow`: asking for the run again may help. */
  trouble: { error: ErrorRecord; follow: string | undefined } | undefined;
  /** Image that a page to which this generation is new turns to. */
  image?: string;
}

export interface BothSides<T> {
  from: T;
  to: T;
}

/** What is known of the two; undefined: not there (yet). */
export interface ComparisonResults {
  frames: BothSides<ProbeFrames | undefined>;
  wholes: BothSides<WholeSet | undefined>;
}

/** One map of a pair, or why there is none. */
export interface ComparedMap {
  map: ExplanationMap | undefined;
  error: ErrorRecord | undefined;
  /** The checkpoint's files are gone: the map is the one that was kept, averaged to no more than 32 × 32 cells. */
  kept: boolean;
}

/** What both say of a class: its probability; undefined where it is not known. */
export interface ComparedClass extends BothSides<number | undefined> {
  index: number;
  label: string;
}

/** Where the positive evidence of a map lies, as in `ProbeFrames`. */
export interface MapMeasures {
  borderShare: number;
  borderPeak: boolean;
  objectShare: number;
  objectArea: number;
  objectPeak: boolean;
}

export interface ComparedImage extends BothSides<ComparedMap> {
  /** What the network sees of it; undefined: both are gone. */
  picture: RgbPixels | undefined;
  /** Class that both maps explain. */
  explained: { index: number; label: string };
  truth: number | undefined;
  predicted: BothSides<number | undefined>;
  /** Best classes of either, and the true and the explained one: what the newer one is surest of comes first. Numbers are probabilities. */
  classes: readonly ComparedClass[];
  /** Of the two maps; undefined where maps of this class were not measured. */
  measured: BothSides<MapMeasures | undefined>;
}

interface OfComparison {
  generation: number;
}

export interface ComparisonPageCalls {
  ready: Call<Record<string, never>, ComparisonResults & { subject: ComparisonSubject; methods: readonly MethodInfo[] }>;
  /** Another checkpoint on one side; a new subject follows. */
  turn: Call<{ from: string; to: string }, void>;
  /** Follows the run of this comparison (in Restricted Mode for this session). */
  follow: Call<Record<string, never>, void>;
  drift: Call<OfComparison, Drift>;
  /** What the network sees of images, in their order, no larger than 128 pixels a side; undefined where it cannot be read. */
  thumbnails: Call<OfComparison & { images: readonly string[] }, readonly (RgbPixels | undefined)[]>;
  /**
   * Both maps of an image for the same class at their own resolution. Without `class`: the true one, else what `to` predicts. Without
   * `request`: the maps of the training view. Progress: 0..1 of both.
   */
  explainBoth: Call<
    OfComparison & { image: string; class?: number; request?: ProbeMapRequest; background?: boolean },
    ComparedImage,
    { done: number }
  >;
  /**
   * Maps of all probes other than those of the training view, of the true class where it is known. Of a checkpoint whose files are gone:
   * what is kept. Undefined: there are none of that side. Progress: maps of both.
   */
  framesOfBoth: Call<OfComparison & { request: ProbeMapRequest }, BothSides<ProbeFrames | undefined>, { done: number; total: number }>;
  /** Opens the explanation of an image by a checkpoint. */
  openImage: Call<OfComparison & { checkpoint: string; image: string }, void>;
  retry: Call<{ checkpoint: string }, void>;
  /** Asks where; `provenance` is written beside. Undefined: cancelled. */
  savePicture: Call<
    OfComparison & { png: Uint8Array; name: string; provenance: Readonly<Record<string, unknown>> },
    { savedAs: string | undefined }
  >;
  showLog: Call<Record<string, never>, void>;
}

export interface ComparisonPageEvents {
  subject: ComparisonSubject;
  /** What of it is another now. */
  results: { generation: number } & ComparisonResults;
}
