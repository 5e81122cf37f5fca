import { type CentredGram, gramOf, linearCka } from '../../numeric/cka.ts';
import { neighbourOverlap } from '../../numeric/overlap.ts';
import type { Drift } from '../../shared/trainingProtocol.ts';
import type { SetGeometry } from './setGeometry.ts';

/** Neighbours that are compared. */
const neighboursCompared = 10;
/** Images whose features are compared at each layer; of a larger set these, the same for all versions. */
const sampleSize = 192;

/** What is kept of a version's whole set so that others can be laid out after it, and compared with it when its files are gone. */
export interface SetTraces {
  /** [n]: hashes of the images, distinct. */
  names: readonly string[];
  neighbours: SetGeometry['neighbours'];
  /** [n,2]. */
  positions: Float32Array | undefined;
  /** Hashes of the images of the sample, ascending. */
  sample: readonly string[];
  /** By layer, of the sample. */
  grams: readonly { layer: string; gram: CentredGram }[];
}

/** Those whose hashes are the smallest: a random sample, which stays nearly the same when a few images come or go. */
export function sampleOf(names: Iterable<string>): string[] {
  return [...names].sort().slice(0, sampleSize);
}

/** In steps of 1/32,767 of the largest entry: a quarter of the room, and an alignment that is off by less than 10⁻⁵. Its scale does not count. */
export function compact({ count, values }: CentredGram): CentredGram {
  let most = 0;
  for (const value of values) if (Math.abs(value) > most) most = Math.abs(value);
  const steps = new Int16Array(values.length);
  if (most > 0) for (let at = 0; at < steps.length; at++) steps[at] = Math.round((values[at]! / most) * 32_767);
  return { count, values: steps };
}

/** Over the images that both have; layers are compared by name. */
export function driftBetween(from: { version: string; traces: SetTraces }, to: { version: string; traces: SetTraces }): Drift {
  const [a, b] = [from.traces, to.traces];
  const { share, points } = neighbourOverlap(named(a), named(b), neighboursCompared);
  const common = commonSample(a.sample, b.sample);
  const others = new Map(b.grams.map(({ layer, gram }) => [layer, gram]));
  const cka = a.grams.flatMap(({ layer, gram }) => {
    const other = others.get(layer);
    return other ? [{ layer, value: linearCka(common.first(gram), common.second(other)) }] : [];
  });
  return { from: from.version, to: to.version, overlap: share, cka, images: points };
}

function named({ names, neighbours }: SetTraces) {
  return { names, graph: neighbours };
}

/** Both samples have ascending hashes: of what they share the order is the same. */
function commonSample(a: readonly string[], b: readonly string[]) {
  const [inA, inB] = [new Set(a), new Set(b)];
  const some = (own: readonly string[], other: ReadonlySet<string>) => {
    const which = own.flatMap((name, i) => (other.has(name) ? [i] : []));
    return (gram: CentredGram) => (which.length === own.length ? gram : gramOf(gram, which));
  };
  return { first: some(a, inB), second: some(b, inA) };
}
