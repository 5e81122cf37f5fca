import { describeError, type ErrorRecord } from '../shared/errors.ts';
import type { Check, RankedClass } from '../shared/protocol.ts';

/** One image's line of `glassbox explain --json`. */
export interface Result {
  /** As given on the command line; `file.npy[1]` for the second tensor of a batch. */
  image: string;
  model: string;
  engine: string;
  top: readonly RankedClass[];
  /** File of the raw logits [classes], where --out is given. */
  logits?: string;
  /** In the order asked; one that failed says why in place of a map. */
  maps: (MapResult | FailedMap)[];
}

export interface MapResult {
  method: string;
  variant: string;
  layer: string;
  class: number;
  label: string;
  /** The class it is held against, where there is one. */
  against?: number;
  /** [height, width] of the map: the layer's own resolution. */
  shape: readonly [number, number];
  /** Raw float32 .npy, and the picture with the map drawn on it; null where nothing is written. */
  file: string | null;
  overlay: string | null;
  /** The explanation as an ONNX model, where --export-onnx is given and the method can be exported. */
  onnx?: string;
  min: number;
  max: number;
  /** A sentence if the map says nothing. */
  flat: string | undefined;
  unit: string;
  /** The scalar explained, a phrase. */
  target: string;
  checks: readonly Check[];
  params: Readonly<Record<string, number | string>>;
  ms: number;
}

/** A method that could not explain the image. */
export interface FailedMap {
  method: string;
  variant: string;
  layer: string;
  error: ErrorRecord;
}

/** The same for people. */
export function readable(result: Result): string {
  const top = result.top.map((t) => `  ${readableScore(t)}\n`);
  return `${result.image} (${result.engine})\n${top.join('')}${result.maps.map(readableMap).join('')}`;
}

function readableScore({ probability, label, index, logit }: RankedClass): string {
  if (probability === undefined) return `${logit.toPrecision(6).padStart(12)}  ${label} (${index})`;
  return `${(probability * 100).toFixed(1).padStart(5)} %  ${label} (${index}), logit ${logit.toFixed(3)}`;
}

function readableMap(map: MapResult | FailedMap): string {
  const name = `  ${map.method}:${map.variant} at ${map.layer}`;
  if ('error' in map) return `${name}: ${describeError(map.error)}\n`;
  const range = `${map.min.toPrecision(4)} to ${map.max.toPrecision(4)}`;
  const details = [map.flat, ...map.checks.map((check) => check.text), map.overlay, map.file, map.onnx];
  const lines = [
    `${name} for the ${map.target}: ${map.shape.join('×')}, ${range}, ${map.ms.toFixed(1)} ms`,
    ...details.flatMap((line) => (line ? [`    ${line}`] : [])),
  ];
  return `${lines.join('\n')}\n`;
}
