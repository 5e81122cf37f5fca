import { findMethod } from '../../explain/methods/index.ts';
import { probabilities } from '../../explain/scores.ts';
import { className, scoresClasses, unitOf } from '../../shared/classScores.ts';
import type { ErrorRecord } from '../../shared/errors.ts';
import type { ExplainedClass, ProbeFrames } from '../../shared/trainingProtocol.ts';
import { trueLabel } from '../../sidecar/trueLabel.ts';
import type { KnownVersion } from './checkpoint.ts';
import type { MapKey, ProbeMap } from './keptProbes.ts';

/** What is known of one probe so far. */
export interface ProbeRow {
  image: string;
  logits: Float32Array | undefined;
  map: ProbeMap | undefined;
  errors: ErrorRecord[];
}

/** Indices of classes; −1: not known. */
export interface RowClasses {
  truth: number;
  predicted: number;
  explained: number;
}

/** The true class is what the image's folder names; it is explained where that is asked and known. */
export function classesOf({ image, logits }: Pick<ProbeRow, 'image' | 'logits'>, { labels }: KnownVersion, of: ExplainedClass): RowClasses {
  if (!logits) return { truth: -1, predicted: -1, explained: -1 };
  const truth = (labels && trueLabel(image, labels)) ?? -1;
  const predicted = logits.reduce((best, z, i) => (z > (logits[best] as number) ? i : best), 0);
  return { truth, predicted, explained: of === 'truth' && truth >= 0 ? truth : predicted };
}

interface Made {
  rows: readonly ProbeRow[];
  of: ExplainedClass;
  /** Undefined: no map can be drawn. */
  key: MapKey | undefined;
  ms: number;
}

/** The rows in columns. */
export function framesOf(known: KnownVersion, { rows, of, key, ms }: Made): ProbeFrames {
  const { version, model, labels } = known;
  const info = { labels, activation: model.activation, classes: model.about.classes };
  const scored = scoresClasses(info);
  const n = rows.length;
  const [truth, predicted, explained] = [0, 0, 0].map(() => new Int32Array(n).fill(-1)) as [Int32Array, Int32Array, Int32Array];
  const column = () => new Float32Array(n).fill(Number.NaN);
  const [confidence, trueProbability, borderShare, objectShare, objectArea] = [column(), column(), column(), column(), column()];
  const [borderPeak, objectPeak] = [new Uint8Array(n), new Uint8Array(n)];
  const { height = 0, width = 0 } = rows.find(({ map }) => map)?.map ?? {};
  const maps = new Float32Array(n * height * width).fill(Number.NaN);
  for (const [row, probe] of rows.entries()) {
    const { logits, map } = probe;
    if (!logits) continue;
    const classes = classesOf(probe, known, of);
    truth[row] = classes.truth;
    predicted[row] = classes.predicted;
    explained[row] = classes.explained;
    const p = scored ? probabilities(logits, model.activation) : undefined;
    confidence[row] = p?.[classes.predicted] ?? Number.NaN;
    trueProbability[row] = p?.[classes.truth] ?? Number.NaN;
    if (!map) continue;
    maps.set(map.values, row * height * width);
    borderShare[row] = map.borderShare;
    borderPeak[row] = Number(map.borderPeak);
    objectShare[row] = map.objectShare;
    objectArea[row] = map.objectArea;
    objectPeak[row] = Number(map.objectPeak);
  }
  return {
    ...{
      version,
      images: rows.map(({ image }) => image),
      classes: Array.from({ length: info.classes }, (_, i) => className(info, i)),
      scored,
    },
    ...{ truth, predicted, explained, confidence, trueProbability },
    map: key ? drawn(key, info) : { method: '', variant: '', layer: '', relu: false, signed: false, unit: '' },
    ...{ height, width, maps, borderShare, borderPeak, objectShare, objectArea, objectPeak },
    errors: rows.flatMap(({ errors }, row) => errors.map((error) => ({ row, error }))),
    ms,
  };
}

function drawn({ method: id, variant, layer }: MapKey, info: Parameters<typeof unitOf>[1]): ProbeFrames['map'] {
  const { method } = findMethod(id, variant);
  const { relu, signed, unit } = method.kind(variant);
  return { method: id, variant, layer, relu, signed, unit: unitOf(unit, info) };
}
