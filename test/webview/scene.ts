/** What the host of the test page answers with: plain data, made in Node, sent to the browser as JSON. */
import type { ErrorRecord } from '../../src/shared/errors.ts';
import type { LabelOffer, LayerInfo, MethodInfo, ModelInfo, PanelSubject, Rect } from '../../src/shared/protocol.ts';
import type { Preprocessing } from '../../src/shared/sidecar.ts';

/** A thing in the picture that makes the network say a class: the maps of that class are hot there. */
export interface Thing {
  class: number;
  /** Middle and radius in pixels of the original image. */
  x: number;
  y: number;
  radius: number;
}

export interface Scene {
  subject: Omit<PanelSubject, 'generation'>;
  /** Original image: size, and PNG bytes as base64 (also what `imagePng` answers). */
  image: { width: number; height: number; png: string };
  fed: { png: string; width: number; height: number; min: number; max: number; covers: Rect };
  labels: readonly string[] | undefined;
  logits: readonly number[];
  truth: number | undefined;
  activation: 'softmax' | 'sigmoid' | 'none';
  layers: readonly LayerInfo[];
  defaultLayer: string;
  preprocessing: Preprocessing | undefined;
  warnings: readonly ErrorRecord[];
  methods: readonly MethodInfo[];
  things: readonly Thing[];
  /** Maps computed by others, by `method/layer/class`, instead of made-up ones. */
  maps?: Readonly<Record<string, { height: number; width: number; values: readonly number[] }>>;
  /** Methods that come out flat. */
  flat?: readonly string[];
  /** As in ModelInfo; default: nothing is refused, one output, no dense one. */
  refusals?: ModelInfo['refusals'];
  outputs?: readonly string[];
  dense?: ModelInfo['dense'];
  /** The chosen one; default: the first. */
  output?: string;
  answered?: ModelInfo['answered'];
  /** What the preprocessing is guessed from; default: it is told. */
  guessedFrom?: string | undefined;
  /** Offered where there are no labels; `setLabels`: the names of the set, `labelSet`: its id once it is chosen. */
  offers?: readonly LabelOffer[];
  setLabels?: readonly string[];
  labelSet?: string | undefined;
  /** What the person picks to compare with, where it differs from this; none: they cancel. */
  others?: Readonly<Partial<Record<'image' | 'model', Partial<Scene>>>>;
}
