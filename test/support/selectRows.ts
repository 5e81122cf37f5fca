// Some of the rows of what a checkpoint says of probes.
import type { ProbeFrames } from '../../src/shared/trainingProtocol.ts';

export function selectRows(frames: ProbeFrames, rows: readonly number[]): ProbeFrames {
  const { truth, predicted, explained, confidence, trueProbability, borderShare, borderPeak, objectShare, objectArea, objectPeak } = frames;
  const ints = (column: Int32Array) => Int32Array.from(rows, (row) => column[row]!);
  const floats = (column: Float32Array) => Float32Array.from(rows, (row) => column[row]!);
  const flags = (column: Uint8Array) => Uint8Array.from(rows, (row) => column[row]!);
  const cells = frames.height * frames.width;
  const maps = new Float32Array(rows.length * cells);
  for (const [i, row] of rows.entries()) maps.set(frames.maps.subarray(row * cells, (row + 1) * cells), i * cells);
  return {
    ...frames,
    ...{ images: rows.map((row) => frames.images[row]!), truth: ints(truth), predicted: ints(predicted), explained: ints(explained), maps },
    ...{ confidence: floats(confidence), trueProbability: floats(trueProbability), borderShare: floats(borderShare) },
    ...{ borderPeak: flags(borderPeak), objectShare: floats(objectShare), objectArea: floats(objectArea), objectPeak: flags(objectPeak) },
    errors: frames.errors.flatMap(({ row, error }) => rows.flatMap((old, i) => (old === row ? [{ row: i, error }] : []))),
  };
}
