/**
 * What the page about units and its engine calls say to each other: activations, top patches, filters, visualisations. Plain
 * data only, as in `protocol.ts`.
 */
import type { ErrorRecord } from './errors.ts';
import type { Call, JobParams, ModelInfo, ParamInfo, RankedClass, Rect } from './protocol.ts';

// ---------------------------------------------------------------- nouns

/** R G B, 8 bit, [height·width·3], for a page to draw. */
export interface RgbPixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** An image file. */
export interface ImageRef {
  /** Absolute. */
  path: string;
  name: string;
}

/**
 * A layer whose output has units: the channels of a picture [C,H,W], or the numbers of a vector [C] (height and width are 1).
 */
export interface UnitLayer {
  name: string;
  /** In the file's own terms: Conv2D. */
  kind: string;
  units: number;
  height: number;
  width: number;
  /** Pixels of the input that a cell sees and the step between neighbours, [rows, columns]; undefined: all of it, or not the same for all. */
  receptiveField: { size: readonly [number, number]; stride: readonly [number, number] } | undefined;
  /** The kernels that make the units; undefined: none (a sum, a pool). */
  filters: FilterInfo | undefined;
  /** Ends of the range of its activation function: ReLU from 0, ReLU6 from 0 to 6; undefined: open. */
  bounds: { low: number | undefined; high: number | undefined };
}

export interface FilterInfo {
  /** The layer that has them: the one asked for, or the convolution whose output it normalises or rectifies. */
  layer: string;
  /** [rows, columns]. */
  kernel: readonly [number, number];
  /** Channels each kernel reads (of its group). */
  inputs: number;
  group: number;
  /** They read the image itself and have three channels: colours can be shown. */
  colour: boolean;
}

/**
 * Where the cells of a layer lie in the network's input: the centres of their receptive fields, in input pixels (the first
 * pixel's centre is 0). `even`: no centres are known (a cell sees everything), so the cells are spread evenly.
 */
export interface Placement {
  /** [height]. */
  rows: Float32Array;
  /** [width]. */
  columns: Float32Array;
  even: boolean;
}

/** All units of a layer for one image. */
export interface UnitWall {
  layer: string;
  image: ImageRef;
  /** What the network sees of the image. */
  picture: RgbPixels;
  /** Of one map as sent: larger ones are reduced to the maximum of each block. */
  height: number;
  width: number;
  /** [units,height,width]. */
  maps: Float32Array;
  /** Per unit, over all cells of the layer. */
  max: Float32Array;
  mean: Float32Array;
  /** Of the maps as sent. */
  placement: Placement;
  ms: number;
}

/** One unit for one image, at the layer's own resolution. */
export interface UnitMap {
  image: ImageRef;
  /** What the network sees of the image; the placement is in pixels of `input` = [height, width]. */
  picture: RgbPixels;
  input: readonly [number, number];
  height: number;
  width: number;
  /** [height,width]. */
  values: Float32Array;
  max: number;
  placement: Placement;
}

export type UnitMapOutcome = { map: UnitMap } | { image: ImageRef; error: ErrorRecord };

export const unitStates = ['active', 'dead', 'saturated'] as const;
/**
 * `dead`: no cell of any image rises above the lower end of the activation function, or all have the same value. `saturated`: at least
 * `saturatedShare` of all cells are at its upper end.
 */
export type UnitState = (typeof unitStates)[number];
export const saturatedShare = 0.95;

/** Share of all cells that lie above the threshold of a unit, as in Network Dissection. */
export const defaultQuantile = 0.005;

/** What the data set says of the units of a layer. One number per unit in each list. */
export interface LayerUnits {
  layer: string;
  images: number;
  /** Cells per unit that were seen: images · height · width. */
  cells: number;
  max: Float32Array;
  min: Float32Array;
  mean: Float32Array;
  /** Share of cells above 0 (above the lower end of the activation function). */
  active: Float32Array;
  /** Share of cells at the upper end of the activation function; 0 where it has none. */
  saturation: Float32Array;
  /** Value that the share `quantile` of all cells exceeds. */
  threshold: Float32Array;
  quantile: number;
  /** Index into `unitStates`. */
  state: Uint8Array;
}

/** What is collected of a layer. */
export interface CollectedLayer {
  layer: string;
  images: number;
  units: number;
  dead: number;
  saturated: number;
}

/** What is collected of a data set with a model. */
export interface Collection {
  layers: readonly CollectedLayer[];
  /** Images of the data set as it is now; those not collected yet at the layer asked for; collected ones that are gone or changed. */
  images: number;
  missing: number;
  gone: number;
  /** On disk. */
  bytes: number;
}

export interface CollectProgress {
  done: number;
  total: number;
  secondsLeft: number | undefined;
}

export interface CollectResult {
  /** Collected now; found from before; left out because they could not be read. */
  collected: number;
  reused: number;
  skipped: readonly { image: ImageRef; error: ErrorRecord }[];
  ms: number;
}

/** Where a unit was most active in one image. */
export interface Patch {
  image: ImageRef;
  imageHash: string;
  value: number;
  /** Cell [row, column]. */
  at: readonly [number, number];
  /**
   * Its receptive field within the input, exact, in input pixels; gates are left out where they alone make it the whole input.
   * Undefined: it sees nothing but padding.
   */
  field: Rect | undefined;
  /**
   * What `pixels` show, in input pixels. `field`: the receptive field. `effective`: the smallest box with 95 % of |∂a/∂x|. `typical`: a box
   * of the layer's usual effective size around the cell's centre. Used where the receptive field is (nearly) the whole input.
   */
  shown: Rect;
  shownAs: 'field' | 'effective' | 'typical';
  /** `shown` in pixels of the image; may stick out of it. */
  area: Rect;
  pixels: RgbPixels;
}

export interface UnitPatches {
  unit: number;
  /** Strongest first, one per image. */
  patches: readonly Patch[];
  /** How many are kept: at most 100. */
  kept: number;
}

/** What drives a unit at one cell, carried back to the pixels. */
export interface Projection {
  image: ImageRef;
  at: readonly [number, number];
  /** The part of the input that it covers, in input pixels. */
  box: Rect;
  /** Smallest box with 95 % of |∂a/∂x|, a what the unit's activation function is given: at its upper end the function hands nothing back. */
  effective: Rect;
  /** [channels,height,width] of `box`, R G B or grey. */
  channels: 1 | 3;
  values: Float32Array;
  /** Largest |value|. */
  max: number;
}

export type ProjectionOutcome = { projection: Projection } | { error: ErrorRecord };
export type ProjectionRule = 'deconvnet' | 'guided' | 'gradient';

export interface UnitSummary {
  layer: string;
  unit: number;
  images: number;
  cells: number;
  min: number;
  max: number;
  mean: number;
  active: number;
  saturation: number;
  state: UnitState;
  quantile: number;
  threshold: number;
  /** Cells above the threshold, and how exact it is: sorting all cells gives one that is no further off. */
  above: number;
  thresholdError: number;
  /** `counts[i]` cells lie in [edges[i], edges[i+1]); 64 equal bins or fewer from min to max, so that a page can draw them. */
  histogram: { edges: Float32Array; counts: Float64Array };
}

/** Which classes a unit speaks for. */
export interface UnitClasses {
  /** `weight`: of the linear layer behind the mean over positions, exact. `ablation`: how far the logit falls when the unit is set to 0. */
  kind: 'weight' | 'ablation';
  /** A sentence for people: what the numbers are and over which images. */
  about: string;
  /** All classes, largest first. */
  classes: readonly { index: number; label: string; value: number }[];
  /** Images it is averaged over; 0 for weights. */
  images: number;
}

/** Kernels: [outputs,inputs,rows,columns]. */
export interface Filters {
  info: FilterInfo;
  /** First and number of the units sent. */
  from: number;
  count: number;
  values: Float32Array;
  /** Largest |value| of all kernels of the layer. */
  max: number;
  /** R G B order of the input channels; absent where they are no colours. */
  colour: boolean;
}

/**
 * What is climbed: of a class its logit, or its lead z_c − log Σ_{j≠c} exp(z_j), the log odds of its softmax; never a probability, whose
 * gradient dies away where it is near 1. Of a unit the mean over all cells, or its cell in the middle.
 */
export type Objective =
  | { kind: 'class'; class: number; over?: ClassScalar }
  | { kind: 'unit'; layer: string; unit: number; cells: 'mean' | 'centre' };

/** Default `logit`. */
export type ClassScalar = 'logit' | 'lead';

/** A way to climb, as menus show it. */
export interface VisualiserInfo {
  id: string;
  label: string;
  about: string;
  misleads: string;
  formula: string;
  source: string;
  params: readonly ParamInfo[];
}

export interface VisualiseRequest {
  objective: Objective;
  /** VisualiserInfo.id. */
  method: string;
  params?: Readonly<Record<string, number | string>>;
}

export interface VisualiseProgress {
  step: number;
  steps: number;
  /** Objective at this step. */
  value: number;
  secondsLeft: number | undefined;
  /** The picture so far; not at every step. */
  preview?: RgbPixels;
}

export interface Visualisation {
  objective: Objective;
  /** `logit of star`, `mean of conv2d_3 unit 17`. */
  target: string;
  method: string;
  params: Readonly<Record<string, number | string>>;
  /** As rendered at the input's size. */
  pixels: RgbPixels;
  /** Transparency of each pixel 0..255 where the method gives one (MACO). */
  alpha: Uint8Array | undefined;
  /** Objective at each step. */
  values: Float32Array;
  /** What the network says of the rendered 8 bit picture: objective, and its best classes. */
  value: number;
  top: readonly RankedClass[];
  /** Probability of the objective's class on the rendered picture; undefined for units and where there are none. */
  probability: number | undefined;
  /** A sentence where something has to be said: nothing rose, the gradient was blocked. */
  remark: string | undefined;
  engine: string;
  ms: number;
}

// ---------------------------------------------------------------- host → engine

type OfModel = JobParams & { model: string };
/** `store`: folder that what is collected is kept in. */
type OfStore = OfModel & { store: string };

export interface UnitCalls {
  unitLayers: Call<OfModel, { model: ModelInfo; layers: readonly UnitLayer[]; defaultLayer: string }>;
  unitWall: Call<OfModel & { image: string; layer: string }, UnitWall>;
  /** One image after the other; one that cannot be read stops no other. */
  unitMaps: Call<
    OfModel & { images: readonly string[]; layer: string; unit: number },
    readonly UnitMapOutcome[],
    { index: number; outcome: UnitMapOutcome }
  >;
  /** Goes over the images that are not collected yet; what is collected stays when it is cancelled. Drops images that are gone or changed. */
  collect: Call<OfStore & { images: readonly string[]; layers: readonly string[] }, CollectResult, CollectProgress>;
  /** `layer`: the one that `missing` is about. */
  collected: Call<OfStore & { images: readonly string[]; layer: string }, Collection>;
  /** Deletes what is collected: of one layer, or of the model. */
  forgetCollected: Call<OfStore & { layer?: string }, void>;
  layerUnits: Call<OfStore & { layer: string; quantile: number }, LayerUnits>;
  topPatches: Call<
    OfStore & { layer: string; units: readonly number[]; count: number /** Largest side of `pixels`. */; size: number },
    readonly UnitPatches[],
    UnitPatches
  >;
  projections: Call<
    OfModel & { layer: string; unit: number; rule: ProjectionRule; at: readonly { image: string; at: readonly [number, number] }[] },
    readonly ProjectionOutcome[],
    { index: number; outcome: ProjectionOutcome }
  >;
  unitSummary: Call<OfStore & { layer: string; unit: number; quantile: number }, UnitSummary>;
  unitClasses: Call<OfStore & { layer: string; unit: number }, UnitClasses>;
  filters: Call<OfModel & { layer: string; from: number; count: number }, Filters>;
  visualisers: Call<Record<string, never>, readonly VisualiserInfo[]>;
  visualise: Call<OfModel & { request: VisualiseRequest }, Visualisation, VisualiseProgress>;
}

// ---------------------------------------------------------------- page → host

export const unitsViews = ['activations', 'patches', 'filters', 'visualise'] as const;
export type UnitsView = (typeof unitsViews)[number];

/** What a units panel is about. */
export interface UnitsSubject {
  /** Raised whenever the model, its files, the data set or the turn is another: replies to older ones are dropped. */
  generation: number;
  /** Opaque: with it the host finds the panel's model again after a window reload. */
  restore: string;
  modelName: string | undefined;
  /** Relative to the workspace folder. */
  modelPath: string | undefined;
  candidates: readonly string[];
  /** The image that the activations are of; undefined: none chosen. */
  image: ImageRef | undefined;
  /** Images of the workspace that patches are taken from. `label`: the folder, or the workspace's name. */
  dataset: { label: string; images: readonly ImageRef[] /** There are more than are taken. */; capped: boolean } | undefined;
  /** What a page to which this generation is new turns to; absent: it stays as the person left it. */
  turn?: { view?: UnitsView; layer?: string; unit?: number; class?: number };
}

export interface OfPanel {
  generation: number;
}

/** Calls of the engine as a page makes them: the host knows model, store and data set. */
type Forwarded<K extends keyof UnitCalls> = Call<
  OfPanel & Omit<UnitCalls[K]['params'], 'model' | 'store' | 'images' | 'priority'>,
  UnitCalls[K]['result'],
  UnitCalls[K]['progress']
>;

/** Written beside every export. */
export type UnitsProvenance = Readonly<Record<string, unknown>>;

export interface UnitsPageCalls {
  ready: Call<Record<string, never>, { subject: UnitsSubject; visualisers: readonly VisualiserInfo[] }>;
  unitLayers: Forwarded<'unitLayers'>;
  unitWall: Forwarded<'unitWall'>;
  unitMaps: Call<
    OfPanel & { images: readonly string[]; layer: string; unit: number },
    UnitCalls['unitMaps']['result'],
    UnitCalls['unitMaps']['progress']
  >;
  collect: Forwarded<'collect'>;
  collected: Forwarded<'collected'>;
  forgetCollected: Forwarded<'forgetCollected'>;
  layerUnits: Forwarded<'layerUnits'>;
  topPatches: Forwarded<'topPatches'>;
  projections: Forwarded<'projections'>;
  unitSummary: Forwarded<'unitSummary'>;
  unitClasses: Forwarded<'unitClasses'>;
  filters: Forwarded<'filters'>;
  visualise: Forwarded<'visualise'>;
  /** Asks for another image for the activations, another folder, several layers to collect. A new subject follows the first two. */
  chooseImage: Call<OfPanel, void>;
  chooseDataset: Call<OfPanel, void>;
  chooseLayers: Call<OfPanel & { chosen: readonly string[] }, readonly string[] | undefined>;
  chooseModel: Call<{ candidate?: string }, void>;
  /** The activations are to be of this image of the data set. A new subject follows. */
  useImage: Call<OfPanel & { image: string }, void>;
  openImage: Call<OfPanel & { image: string }, void>;
  /** Opens the explanation of the image. */
  explainImage: Call<OfPanel & { image: string; layer?: string }, void>;
  revealLayer: Call<OfPanel & { layer: string }, void>;
  /** The page shows this layer: the model's tree selects it, where it is on screen too. */
  layerShown: Call<OfPanel & { layer: string }, void>;
  /** Save dialog, then writes the PNG and its provenance as JSON beside it. */
  savePicture: Call<OfPanel & { png: Uint8Array; name: string; provenance: UnitsProvenance }, { savedAs: string | undefined }>;
  /** Asks for a folder, then writes the frames as `name-0000.png`, … and their provenance. */
  saveFrames: Call<OfPanel & { frames: readonly Uint8Array[]; name: string; provenance: UnitsProvenance }, { savedAs: string | undefined }>;
  showLog: Call<Record<string, never>, void>;
}

export interface UnitsPageEvents {
  subject: UnitsSubject;
}
