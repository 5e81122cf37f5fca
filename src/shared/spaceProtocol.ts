/**
 * What the page about the feature space and its engine calls say to each other: the indexed images, neighbours, layouts, mistakes.
 * Plain data only, as in `protocol.ts`.
 */
import type { ErrorRecord } from './errors.ts';
import type { Call, ExplanationMap, JobParams, MapProgress, MapRequest, MethodInfo, ModelInfo, ParamInfo } from './protocol.ts';
import type { ImageRef, Placement, RgbPixels, UnitsProvenance } from './unitsProtocol.ts';

// ---------------------------------------------------------------- nouns

/** A layer whose output is a vector of features: as it is, or the mean of each channel of a picture over its positions. */
export interface FeatureLayer {
  name: string;
  /** In the file's own terms: Dense. */
  kind: string;
  dimensions: number;
  /** Positions that are averaged, [height, width]; undefined: the output is a vector. */
  averaged: readonly [number, number] | undefined;
}

/** How much of a data set is indexed with a model at a layer. */
export interface IndexState {
  layer: string;
  /** Files of the data set as it is now; those of them whose features are there; those known to be unreadable. */
  images: number;
  indexed: number;
  unreadable: number;
  /** On disk, of all layers and models of this data set. */
  bytes: number;
}

export interface IndexProgress {
  done: number;
  total: number;
  secondsLeft: number | undefined;
}

export interface IndexResult {
  /** Indexed now; known from before; left out because they could not be read. */
  indexed: number;
  reused: number;
  skipped: readonly { image: ImageRef; error: ErrorRecord }[];
  ms: number;
}

/** Where labels come from: `folders` the class folders; a file: a CSV or JSON label file; `none`. */
export type LabelSource = { kind: 'folders' } | { kind: 'file'; file: string } | { kind: 'none' };

/**
 * The indexed images of a data set, a row each, in columns: everything that is told of images refers to them by row. Two files with the
 * same content are two rows.
 */
export interface SpaceRows {
  /** Names these rows in calls: the same images with the same features and labels have the same. */
  revision: string;
  layer: FeatureLayer;
  count: number;
  /** Absolute. */
  paths: readonly string[];
  /** Names of classes: those of the model first (`modelClasses` of them, none where its outputs are no class scores), then labels that it has not. */
  classes: readonly string[];
  modelClasses: number;
  /** Index into `classes`; −1: the image has no label. */
  labels: Int32Array;
  labelSource: LabelSource;
  /** Index into `classes`; −1: the outputs are no class scores. */
  predicted: Int32Array;
  /** Probability of the predicted class; that minus the next best one's; that of the label. NaN where there is none. */
  confidence: Float32Array;
  margin: Float32Array;
  trueProbability: Float32Array;
  /** Index into `folders`: the folder of the file, relative to the data set. */
  folder: Int32Array;
  folders: readonly string[];
  /** Things to say that stop nothing: lines of the label file that name no image, labels that the model has no class for. */
  warnings: readonly ErrorRecord[];
}

/** A label right or wrong: `undefined` where there is no label, no prediction, or a label that the model has no class for. */
export function isCorrect(
  { labels, predicted, modelClasses }: Pick<SpaceRows, 'labels' | 'predicted' | 'modelClasses'>,
  row: number,
): boolean | undefined {
  const [label, said] = [labels[row] as number, predicted[row] as number];
  return label < 0 || said < 0 || label >= modelClasses ? undefined : label === said;
}

export const metrics = ['cosine', 'euclidean'] as const;
/** `cosine`: 1 − cos. `euclidean`: the length of the difference. */
export type Metric = (typeof metrics)[number];

/** `features`: of the layer. `pixels`: what the network is fed, 0..1, reduced to at most 32 × 32. */
export type NeighbourSpace = 'features' | 'pixels';

export interface Neighbour {
  row: number;
  distance: number;
}

/** An image and what is nearest to it, the image itself and files with the same content left out (`copies`). */
export interface Neighbourhood {
  revision: string;
  query: {
    image: ImageRef;
    /** Its row; −1: it is not of the data set. */
    row: number;
    /** As in `SpaceRows`. */
    label: number;
    predicted: number;
    confidence: number;
    /** As the network sees it. */
    picture: RgbPixels;
  };
  metric: Metric;
  /** Nearest first. */
  features: readonly Neighbour[];
  pixels: readonly Neighbour[];
  /** Rows with exactly the same content. */
  copies: readonly number[];
  /** Rows that were searched; exact, or what share of the true 10 nearest an approximate search finds (measured). */
  searched: number;
  recall: number | undefined;
  ms: number;
}

/** Do neighbours agree with the labels? One number per row in each list. */
export interface Agreement {
  revision: string;
  k: number;
  metric: Metric;
  /** Share of the k nearest labelled neighbours that have the row's label; NaN where it has none. */
  share: Float32Array;
  /** The label most of them have; −1: none. */
  majority: Int32Array;
  /** Mean of `share` over all labelled rows: the purity of the space. And the same of the pixels, of many rows over some. */
  purity: number;
  pixelPurity: number;
  /** Of very many images the neighbours are found approximately: what share of the true 10 nearest (measured). */
  recall?: number;
}

export interface LayoutRequest {
  /** LayoutInfo.id. */
  method: string;
  params?: Readonly<Record<string, number | string>>;
}

/** A way to lay points out, as menus show it. */
export interface LayoutInfo {
  id: string;
  label: string;
  about: string;
  misleads: string;
  formula: string;
  source: string;
  params: readonly ParamInfo[];
}

/** Where the points are so far. */
export interface LayoutFrame {
  /** What is being done, a phrase for people: `neighbours`, `early exaggeration`, `descent`. */
  phase: string;
  iteration: number;
  iterations: number;
  secondsLeft: number | undefined;
  /** [count,2]; absent while there are none. */
  positions?: Float32Array;
  /** Kullback–Leibler divergence, t-SNE only. */
  kl?: number;
}

/** NaN where there are fewer than three images. */
export interface LayoutQuality {
  /** Mean share of the 10 nearest neighbours in the feature space that are among the 10 nearest of the layout. */
  preservation: number;
  /** Trustworthiness of 10 neighbours (Venna, Kaski 2001), 1 is best. */
  trustworthiness: number;
  /** Rows that both are measured over. */
  sampled: number;
}

export interface Layout {
  revision: string;
  method: string;
  params: Readonly<Record<string, number | string>>;
  /** [count,2]. */
  positions: Float32Array;
  iterations: number;
  /** It was stopped before its end. */
  stopped: boolean;
  kl: number | undefined;
  /** How the KL divergence is computed: `exact`, `θ = 0.2`, `interpolated`. */
  klFrom: string | undefined;
  quality: LayoutQuality;
  /** PCA: share of the variance on each axis. */
  variance: readonly [number, number] | undefined;
  threads: number;
  /** A sentence where something has to be said: the perplexity was too large for so few images. */
  remark: string | undefined;
  ms: number;
}

/** One image of a pair and which of its regions make it like the other one. */
export interface PairSide {
  image: ImageRef;
  /** What the network sees of the image; the placement is in pixels of `input` = [height, width]. */
  picture: RgbPixels;
  input: readonly [number, number];
  height: number;
  width: number;
  /** [height,width]: what each cell adds to the cosine. */
  values: Float32Array;
  placement: Placement;
  /** Sum of the values; the cosine itself where the map is exact. */
  sum: number;
}

/** Which regions of two images make their features alike. */
export interface PairExplanation {
  /** Layer that the maps stand at, and that the features are of. */
  layer: string;
  featureLayer: string;
  cosine: number;
  sides: readonly [PairSide, PairSide];
  /** The maps add up to the cosine: the features are means over the positions of this layer. */
  exact: boolean;
  /** The method, a sentence for people with its source. */
  about: string;
  ms: number;
}

// ---------------------------------------------------------------- host → engine

type OfModel = JobParams & { model: string };
/** `store`: folder that the index of the data set is kept in. `layer`: of FeatureLayer; undefined: the automatic one. */
type OfIndex = OfModel & { store: string; layer?: string };
/** Rows that `rows` told of. A call about rows that the engine no longer has fails with 'stale': then ask for `rows` again. */
type OfRows = JobParams & { revision: string };

export interface SpaceCalls {
  /** In order of depth; `defaultLayer`: the input of the last linear layer. */
  featureLayers: Call<OfModel, { model: ModelInfo; layers: readonly FeatureLayer[]; defaultLayer: string }>;
  /** Reads no image. */
  indexed: Call<OfIndex & { images: readonly string[] }, IndexState>;
  /** Goes over the images that are not indexed yet; what is indexed stays when it is cancelled or the process dies. */
  index: Call<OfIndex & { images: readonly string[] }, IndexResult, IndexProgress>;
  /** Deletes the index: of the model (all versions of its file), or, without `model`, of the data set. */
  forgetIndex: Call<JobParams & { store: string; model?: string }, void>;
  /**
   * The indexed images of a data set. `root`: its folder, absolute, one or several. `labelFile`: CSV or JSON; undefined: one beside the
   * images if there is one (`labels.csv`, `metadata.csv`, …), else class folders.
   */
  rows: Call<OfIndex & { images: readonly string[]; roots: readonly string[]; labelFile?: string }, SpaceRows>;
  /** JPEG of at most 64 px a side, in order; empty where the image is not indexed. */
  thumbnails: Call<JobParams & { store: string; images: readonly string[] }, readonly Uint8Array[]>;
  neighbours: Call<OfRows & { image: string; k: number; metric: Metric }, Neighbourhood>;
  agreement: Call<OfRows & { k: number; metric: Metric }, Agreement, { done: number }>;
  layouts: Call<Record<string, never>, readonly LayoutInfo[]>;
  layout: Call<OfRows & { request: LayoutRequest }, Layout, LayoutFrame>;
  /** A layout under way ends at the iteration it is at, with what it has. */
  stopLayout: Call<OfRows, void>;
  pair: Call<OfModel & { image: string; other: string; layer?: string }, PairExplanation>;
  /** What the network sees of an image. */
  picture: Call<OfModel & { image: string }, RgbPixels>;
}

// ---------------------------------------------------------------- page → host

export const spaceViews = ['map', 'neighbours', 'mistakes'] as const;
export type SpaceView = (typeof spaceViews)[number];

/** Indexing goes on in the background, whatever the page shows. */
export interface Indexing {
  /** `paused`: by the person, and goes on where it was. */
  state: 'idle' | 'running' | 'paused' | 'failed';
  layer: string;
  done: number;
  total: number;
  secondsLeft: number | undefined;
  /** Of the last run: images that could not be read (the first hundred), and how many. */
  skipped: readonly { image: ImageRef; error: ErrorRecord }[];
  skippedCount: number;
  error: ErrorRecord | undefined;
}

/** What a panel about the feature space shows. */
export interface SpaceSubject {
  /** Raised whenever the model, its files, the data set or the turn is another: replies to older ones are dropped. */
  generation: number;
  /** Opaque: with it the host finds the panel's model again after a window reload. */
  restore: string;
  modelName: string | undefined;
  /** Relative to the workspace folder. */
  modelPath: string | undefined;
  candidates: readonly string[];
  /** `label`: the folder, or the workspace's name; `count`: images in it. `labels`: the label file that was chosen, relative to the workspace. */
  dataset: { label: string; count: number; capped: boolean; labels: string | undefined } | undefined;
  /** What a page to which this generation is new turns to; absent: it stays as the person left it. */
  turn?: { view?: SpaceView; image?: ImageRef };
}

interface OfPanel {
  generation: number;
}

export interface SpacePageCalls {
  ready: Call<Record<string, never>, { subject: SpaceSubject; layouts: readonly LayoutInfo[]; methods: readonly MethodInfo[] }>;
  featureLayers: Call<OfPanel, SpaceCalls['featureLayers']['result']>;
  indexed: Call<OfPanel & { layer: string }, { state: IndexState; indexing: Indexing }>;
  /** Starts, or goes on; `indexing` events follow. Idle again when all is there. */
  startIndexing: Call<OfPanel & { layer: string }, void>;
  pauseIndexing: Call<OfPanel, void>;
  /** Ends it; what is indexed stays. */
  cancelIndexing: Call<OfPanel, void>;
  rows: Call<OfPanel & { layer: string }, SpaceRows>;
  thumbnails: Call<OfPanel & { images: readonly string[] }, readonly Uint8Array[]>;
  neighbours: Call<OfPanel & { revision: string; image: string; k: number; metric: Metric }, Neighbourhood>;
  agreement: Call<OfPanel & { revision: string; k: number; metric: Metric }, Agreement, { done: number }>;
  layout: Call<OfPanel & { revision: string; request: LayoutRequest }, Layout, LayoutFrame>;
  stopLayout: Call<OfPanel & { revision: string }, void>;
  pair: Call<OfPanel & { image: string; other: string; layer: string }, PairExplanation>;
  /** One map, for a contact sheet: low priority. */
  explain: Call<OfPanel & { image: string; request: MapRequest }, { map: ExplanationMap; picture: RgbPixels }, MapProgress>;
  /** Asks for another folder of images, for a label file (a new subject follows), for a picture whose neighbours are wanted. */
  chooseDataset: Call<OfPanel, void>;
  chooseLabels: Call<OfPanel, void>;
  chooseImage: Call<OfPanel, ImageRef | undefined>;
  chooseModel: Call<{ candidate?: string }, void>;
  openImage: Call<OfPanel & { image: string }, void>;
  /** Opens the explanation of each image: the first in the panel that is reused, asks where there are many. */
  explainImages: Call<OfPanel & { images: readonly string[] }, void>;
  /** Selects the image in the explorer. */
  revealImage: Call<OfPanel & { image: string }, void>;
  /** To the clipboard, a line each, relative to the workspace. */
  copyPaths: Call<OfPanel & { images: readonly string[] }, void>;
  /** Asks for a folder and moves the images there, as one edit that can be undone. Files of the same name are never overwritten. */
  moveImages: Call<OfPanel & { images: readonly string[] }, { moved: number; to: string } | undefined>;
  revealLayer: Call<OfPanel & { layer: string }, void>;
  /** Save dialog, then writes the PNG and its provenance as JSON beside it. */
  savePicture: Call<OfPanel & { png: Uint8Array; name: string; provenance: UnitsProvenance }, { savedAs: string | undefined }>;
  showLog: Call<Record<string, never>, void>;
}

export interface SpacePageEvents {
  subject: SpaceSubject;
  /** Of the model and data set on show. */
  indexing: Indexing;
}
