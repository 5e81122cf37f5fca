/**
 * Everything that crosses a process border, host ↔ engine and page ↔ host. Plain data only: no functions, no classes;
 * typed arrays are tight (their buffer holds nothing else).
 */
import type { ErrorRecord } from './errors.ts';
import type { Question } from './question.ts';
import type { InputSize, InputValues, Preprocessing } from './sidecar.ts';
import type { SpaceCalls } from './spaceProtocol.ts';
import type { TrainingCalls } from './trainingProtocol.ts';
import type { UnitCalls, UnitsView } from './unitsProtocol.ts';

// ---------------------------------------------------------------- nouns

export type EngineChoice = 'auto' | 'onnxruntime' | 'tensorflow' | 'wasm';

export interface LayerInfo {
  name: string;
  aliases: readonly string[];
  /** Class name in the file's own terms: Conv2D, BatchNormalization, Conv. */
  kind: string;
  /** Output shape without the batch: [C,H,W] or [n]. */
  shape: readonly number[];
  parameters: number;
  /** Has a [C,H,W] output with H·W > 1: a map can be drawn there. */
  spatial: boolean;
}

/** Where a layer stands in its model file. */
export interface LayerPlace {
  /** JSON pointer into a model.json. */
  pointer?: string;
  /** Node name or index in a binary file, `graph.node[12] /layer1/conv1/Conv`. */
  node?: string;
}

/** A layer as the model view shows it. */
export interface OutlineLayer extends LayerInfo {
  /** Names of the layers it reads, nearest first upstream; `input` for the image. */
  inputs: readonly string[];
  /** Multiply-adds of one image, of everything between the layers before and this one. */
  multiplyAdds: number;
  /** Pixels of the input that one output cell sees and the step between neighbouring cells, [rows, columns]; undefined: all of it, or no cells. */
  receptiveField: { size: readonly [number, number]; stride: readonly [number, number] } | undefined;
  /** It has units to look into (`UnitLayer`): lies between the image and the logits, its output a picture or a vector. */
  units: boolean;
  place: LayerPlace;
}

/** A model as a thing to look at: the tree and the text document. */
export interface ModelOutline {
  model: ModelInfo;
  /** What wrote the file, as it says itself: `pytorch 2.13.0`. */
  producer?: string;
  /** In order of depth. Names are paths, `block1/conv1/Relu`: a slash nests. */
  layers: readonly OutlineLayer[];
  parameters: number;
  multiplyAdds: number;
}

/** Class names that Glassbox knows for outputs of this size, offered and never assumed. */
export interface LabelOffer {
  /** What the sidecar's `labels` is set to, `imagenet-1k`. */
  id: string;
  label: string;
  /** What this model's best class of this image would be called. */
  top: string;
}

/** A model opened and understood. Layers are in order of depth (graph order). */
export interface ModelInfo {
  /** Absolute path of the model file. */
  path: string;
  /** Short name for people: the folder's for `model.json` and `saved_model.pb`, else the file's. */
  name: string;
  /** As people call it, `Keras 3` (`modelFormats`). */
  format: string;
  /** SHA-256 of the model's files, hex; followed by what a sidecar chose (`modelHash`). */
  hash: string;
  /** Engine that runs it, as shown: `onnxruntime 1.30.0 (CPU)`. */
  engine: string;
  input: { name: string; layout: 'NCHW' | 'NHWC'; channels: number; height: number; width: number };
  classes: number;
  activation: 'softmax' | 'sigmoid' | 'none';
  layers: readonly LayerInfo[];
  /** Layer at which Grad-CAM starts: the last spatial one. */
  defaultLayer: string;
  /** One name per class, or undefined when nothing tells them. */
  labels: readonly string[] | undefined;
  /** Where labels and preprocessing come from, a phrase for people: `glassbox.json`, `labels.txt`, `layer 'rescaling'`. */
  labelsFrom: string;
  /** Id of the known set of class names that the sidecar chose (see `LabelOffer`). */
  labelSet: string | undefined;
  /** Undefined: unknown, ask (see `preprocessings`). */
  preprocessing: Preprocessing | undefined;
  preprocessingFrom: string;
  /** The preprocessing follows from the model's name alone: to be checked by the person. */
  preprocessingGuessed: boolean;
  /** Things to tell the person that stop nothing: labels of the wrong length, an unreadable sidecar entry. */
  warnings: readonly ErrorRecord[];
  /** By method id: why a method cannot explain this model, where that is known before it is asked. */
  refusals: Readonly<Record<string, ErrorRecord>>;
  /** The file's outputs by name, where there are several to choose from; `output` is the one explained. */
  outputs: readonly string[];
  output: string;
  /** Questions that the file leaves open and the sidecar answers: they can be answered anew. */
  answered: readonly Question[];
  /** A dense output: scores per class and cell, [H,W]. The logits are their mean over a region, by default all of it. */
  dense: { height: number; width: number } | undefined;
}

export interface RankedClass {
  index: number;
  /** Class name, or `class 17`; `output 17` where the outputs are no class scores. */
  label: string;
  logit: number;
  /** Softmax or sigmoid of the logits; undefined where the outputs are no class scores (`scoresClasses`). */
  probability: number | undefined;
}

/** A rectangle in pixels of the original image; may stick out of it when the image was padded (`contain`). */
export interface Rect {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What the network said of one image. */
export interface Prediction {
  model: ModelInfo;
  image: { path: string; name: string; width: number; height: number; hash: string };
  /** Best classes, most likely first; at least min(5, classes). */
  top: readonly RankedClass[];
  /** All logits, [classes]. */
  logits: Float32Array;
  /** The class a folder name tells, where it is one of the labels. */
  truth: RankedClass | undefined;
  /** Where nothing tells the class names: known sets of this size. */
  labelOffers: readonly LabelOffer[];
  /** Exactly what was fed, undone to visible pixels (PNG), with the range of fed values and the part of the image it covers. */
  fed: { png: Uint8Array; width: number; height: number; min: number; max: number; covers: Rect };
  ms: number;
}

export interface MapRequest {
  /** Method id. */
  method: string;
  variant?: string;
  /** Layer name or alias; ignored by methods that work on the input only; default: the method's own. */
  layer?: string;
  /** Class (or scalar output) index; default: the predicted class. */
  class?: number;
  /** Explains the logit of `class` minus that of this one: why the one rather than the other. */
  against?: number;
  /** Part of a dense output whose mean is explained, in its cells; default: all of it. */
  region?: Rect;
  params?: Readonly<Record<string, number | string>>;
}

/** A number computed beside a map that says how far it can be trusted. */
export interface Check {
  /** `conservation`, `completeness`, `standard-error`, `activations`, … */
  id: string;
  label: string;
  /** A sentence for people with the number in it. */
  text: string;
  /** Undefined: a fact, neither good nor bad. */
  ok: boolean | undefined;
  /** The number at each layer, from the logits to the input. */
  series?: readonly { layer: string; value: number }[];
}

/** What came of one request among several. */
export type Outcome = { map: ExplanationMap } | { error: ErrorRecord };

/** One map, raw: at its own resolution, before any resize, ReLU or normalisation. */
export interface ExplanationMap {
  method: string;
  variant: string;
  /** Layer the map stands at; `input` for methods on the input. */
  layer: string;
  class: { index: number; label: string };
  /** Subtracted from the class: a contrastive map. */
  against: { index: number; label: string } | undefined;
  /** The scalar explained, a phrase: `logit of star`, `logit of star − logit of square`. */
  target: string;
  /** [H,W], row-major in `values`; NaN: not computed yet (partial map). */
  height: number;
  width: number;
  values: Float32Array;
  min: number;
  max: number;
  /** Draw max(0, value): the method's published form. The raw values stay reachable. */
  relu: boolean;
  /** Values have a sign that means something: draw with a diverging map around 0 (unless `relu`). */
  signed: boolean;
  /** What a value is, a phrase: `logit drop`, `Σ w·A, logit`. */
  unit: string;
  /** A sentence if the map says nothing (constant, or nothing positive), to be shown instead of stretched colours. */
  flat: string | undefined;
  checks: readonly Check[];
  params: Readonly<Record<string, number | string>>;
  engine: string;
  ms: number;
}

export interface MapProgress {
  /** 0..1 */
  done: number;
  /** Seconds left, estimated. */
  secondsLeft?: number;
  partial?: ExplanationMap;
}

/** How a method works, the order of menus: gradients at the input, class activation maps, relevance, asking again. */
export type MethodFamily = 'cam' | 'backpropagation' | 'relevance' | 'perturbation';

export interface MethodInfo {
  id: string;
  label: string;
  family: MethodFamily;
  /** Sentence for people: what it shows. */
  about: string;
  /** Sentence for people: when it misleads. */
  misleads: string;
  /** One line in the field's notation: `max(0, Σ_k w_k A_k), w_k = mean_ij ∂z_c/∂A_k`. */
  formula: string;
  /** Author, year, title, equation. */
  source: string;
  variants: readonly { id: string; label: string; about: string }[];
  /** Works at a layer (slider shown) or on the input. */
  at: 'layer' | 'input';
  /** Runs many forward passes: shows progress and Cancel, starts last. */
  slow: boolean;
  /** `class`: explains one class, contrastive by itself or by its form; `any`: any target; `none`: the same map for every class. */
  targets: 'any' | 'class' | 'none';
  /** A map of it can be exported as an ONNX model of its own. */
  exportable: boolean;
  params: readonly ParamInfo[];
}

export interface ParamInfo {
  id: string;
  label: string;
  about: string;
  default: number | string;
  min?: number;
  max?: number;
  step?: number;
  options?: readonly string[];
}

/** One common preprocessing tried on one image, for the question "which of these is right?". */
export interface PreprocessingTrial {
  id: string;
  label: string;
  preprocessing: Preprocessing;
  /** What the network is fed now. */
  current: boolean;
  top: RankedClass;
  /** As in `Prediction`, for this top-1. */
  labelOffers: readonly LabelOffer[];
  fedPng: Uint8Array;
  /** Smallest and largest fed value. */
  min: number;
  max: number;
}

// ---------------------------------------------------------------- host → engine

/** A call: parameters, result and, where it streams, progress. */
export interface Call<Params, Result, Progress = never> {
  params: Params;
  result: Result;
  progress: Progress;
}

/** `priority`: what is on screen first (higher first); default 0. */
export interface JobParams {
  priority?: number;
}

export interface EngineCalls extends UnitCalls, SpaceCalls, TrainingCalls {
  configure: Call<{ engine: EngineChoice; cacheBytes: number }, void>;
  methods: Call<Record<string, never>, readonly MethodInfo[]>;
  open: Call<JobParams & { model: string }, ModelInfo>;
  outline: Call<JobParams & { model: string }, ModelOutline>;
  predict: Call<JobParams & { model: string; image: string }, Prediction>;
  explain: Call<JobParams & { model: string; image: string; request: MapRequest }, ExplanationMap, MapProgress>;
  /** Several maps at once: those of graph methods from one run. One that fails stops no other. Each is reported as it is there. */
  explainAll: Call<
    JobParams & { model: string; image: string; requests: readonly MapRequest[] },
    readonly Outcome[],
    { index: number; outcome: Outcome }
  >;
  /** Writes the explanation as a self-contained ONNX model, image in, map out. */
  exportOnnx: Call<JobParams & { model: string; image: string; request: MapRequest; file: string }, { bytes: number }>;
  preprocessings: Call<JobParams & { model: string; image: string }, readonly PreprocessingTrial[]>;
  /** PNG of an image as the decoder sees it (first frame, upright, 8 bit), for formats the page's browser cannot draw. */
  imagePng: Call<JobParams & { image: string }, { png: Uint8Array; width: number; height: number }>;
  /** Drops cached models whose files are no longer what was read; called when files change. */
  forget: Call<{ model: string }, void>;
}

// ---------------------------------------------------------------- page → host

/** What a panel shows. */
export interface PanelSubject {
  /** File name and path relative to the workspace folder. */
  imageName: string;
  imagePath: string;
  /** URI the page may load for the sharp original; undefined where the browser cannot draw the format (then `imagePng`). */
  imageUri: string | undefined;
  /** Undefined: no model chosen yet. */
  modelName: string | undefined;
  modelPath: string | undefined;
  /** Model candidates found, when none is chosen: names relative to the workspace. */
  candidates: readonly string[];
  pinned: boolean;
  /** Raised when the same panel gets another image or model: replies to older subjects are dropped. */
  generation: number;
  /** Opaque. The page keeps the subject in its state; after a window reload the host finds image and model by this. */
  restore: string;
  /** Method (`id` or `id:variant`) that a page to which this generation is new turns to; absent: it stays as the person left it. */
  method?: string;
  /** Layer that a page to which this generation is new turns to. */
  layer?: string;
}

/** A second image or model beside the panel's own, to compare with. */
export interface OtherSubject {
  /** Names it in calls. */
  id: string;
  imageName: string;
  imagePath: string;
  imageUri: string | undefined;
  modelName: string;
  modelPath: string;
}

/** What the person set in the page; survives hiding and reload. No data. */
export interface PanelUiState {
  method?: string;
  layer?: string;
  class?: number;
  against?: number;
  opacity?: number;
  colorMap?: string;
  params?: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
}

/** Provenance written beside every export. */
export interface Provenance {
  tool: string;
  model: string;
  modelHash: string;
  image: string;
  imageHash: string;
  method: string;
  variant: string;
  layer: string;
  class: { index: number; label: string };
  /** The scalar explained, as the map says it. */
  target: string;
  params: Readonly<Record<string, number | string>>;
  engine: string;
  preprocessing: Preprocessing | undefined;
}

/** The panel's subject of one generation, or one chosen to compare with. */
export interface OfSubject {
  generation: number;
  /** OtherSubject.id. */
  other?: string;
}

export interface PageCalls {
  /** First call of a page: nothing is sent to it before. */
  ready: Call<Record<string, never>, { subject: PanelSubject; methods: readonly MethodInfo[] }>;
  /** PNG of the original where the browser cannot draw the file itself (tiff, cmyk, 16 bit). */
  imagePng: Call<OfSubject, { png: Uint8Array; width: number; height: number }>;
  predict: Call<OfSubject, Prediction>;
  explain: Call<OfSubject & { request: MapRequest; priority?: number }, ExplanationMap, MapProgress>;
  explainAll: Call<
    OfSubject & { requests: readonly MapRequest[]; priority?: number },
    readonly Outcome[],
    { index: number; outcome: Outcome }
  >;
  /** Asks for an image or a model to compare with; undefined: cancelled. */
  chooseOther: Call<{ generation: number; what: 'image' | 'model' }, OtherSubject | undefined>;
  /** Save dialog, then the engine writes the explanation as an ONNX model. */
  exportOnnx: Call<{ generation: number; request: MapRequest }, { savedAs: string | undefined }>;
  preprocessings: Call<{ generation: number }, readonly PreprocessingTrial[]>;
  /** Writes the choice to the sidecar. */
  savePreprocessing: Call<{ preprocessing: Preprocessing }, void>;
  /** Writes one of `Prediction.labelOffers` to the sidecar; without an id takes `ModelInfo.labelSet` out again. */
  saveLabels: Call<{ id: string | undefined }, void>;
  /** Writes the input size of a model that leaves it open to the sidecar. */
  saveInputSize: Call<{ size: InputSize }, void>;
  /** Writes values of the inputs that are no image to the sidecar; those that are there already stay. */
  saveInputs: Call<{ inputs: InputValues }, void>;
  /** Writes which of `ModelInfo.outputs` is explained to the sidecar. */
  saveOutput: Call<{ output: string }, void>;
  /** The map on screen stands at this layer: the model's tree selects it, where it is on screen too. */
  layerShown: Call<{ generation: number; layer: string }, void>;
  /** Shows the layer in the model's file or its text document. */
  revealLayer: Call<{ generation: number; layer: string }, void>;
  /** Opens the page about units: of a layer, or with the visualisation of a class. */
  showUnits: Call<{ generation: number; view: UnitsView; layer?: string; class?: number }, void>;
  /** Opens the page about the feature space, at what lies nearest to the image. */
  findSimilar: Call<{ generation: number }, void>;
  chooseModel: Call<{ candidate?: string }, void>;
  setPinned: Call<{ pinned: boolean }, void>;
  /** Save dialog, then writes. `format` png: `bytes` is the picture (a PNG made by the page); npy and json: raw values. */
  export: Call<
    { format: 'png' | 'npy' | 'json'; map: ExplanationMap; provenance: Provenance; png?: Uint8Array },
    { savedAs: string | undefined }
  >;
  /** Save dialog, then writes a picture the page made of several maps; beside it, as JSON, where each of them comes from. */
  exportPicture: Call<{ png: Uint8Array; name: string; provenance: Readonly<Record<string, unknown>> }, { savedAs: string | undefined }>;
  /** Opens the sidecar, making it when it is not there. */
  openSidecar: Call<Record<string, never>, void>;
  /** Reveals the image in the explorer. */
  revealImage: Call<Record<string, never>, void>;
  showLog: Call<Record<string, never>, void>;
}

/** host → page, unasked. */
export interface PageEvents {
  /** The panel shows something else now (other image, other model, changed files, restarted engine). */
  subject: PanelSubject;
}
