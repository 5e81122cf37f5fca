import type { ExplanationMap } from './protocol.ts';
import type { ProbeFrames } from './trainingProtocol.ts';

const made = new WeakMap<ProbeFrames, Map<number, ExplanationMap | undefined>>();

/** The map of a row as a map of its own, one object for the same frames; undefined: there is none. */
export function frameMap(frames: ProbeFrames, row: number): ExplanationMap | undefined {
  const maps = made.get(frames) ?? new Map<number, ExplanationMap | undefined>();
  made.set(frames, maps);
  if (!maps.has(row)) maps.set(row, mapAt(frames, row));
  return maps.get(row);
}

function mapAt({ height, width, maps, map, explained, classes, scored }: ProbeFrames, row: number): ExplanationMap | undefined {
  const index = explained[row] ?? -1;
  const values = maps.slice(row * height * width, (row + 1) * height * width);
  const known = values.filter((value) => !Number.isNaN(value));
  if (index < 0 || known.length === 0) return undefined;
  const min = known.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const max = known.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const label = classes[index] ?? `class ${index}`;
  return {
    ...map,
    ...{ class: { index, label }, against: undefined, target: scored ? `logit of ${label}` : label, height, width, values, min, max },
    ...{ flat: flatOf(map.relu, min, max), checks: [], params: {}, engine: '', ms: 0 },
  };
}

function flatOf(relu: boolean, min: number, max: number): string | undefined {
  if (relu) return max > 0 ? undefined : 'Nothing in it is positive.';
  return max > min ? undefined : 'It is the same everywhere.';
}
