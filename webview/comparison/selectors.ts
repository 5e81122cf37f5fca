import type { BothSides, Checkpoint, ComparisonSubject, ProbeFrames } from '../../src/shared/trainingProtocol.ts';
import { mapFrames } from './method/ownMaps.ts';
import { type Probes, probesOf } from './probes/probes.ts';
import type { ComparisonState } from './state.ts';

/** What the page as a whole shows. */
export type Phase = 'loading' | 'error' | 'trouble' | 'ready';

export function phase({ subject, failure }: ComparisonState): Phase {
  if (failure) return 'error';
  if (!subject) return 'loading';
  return subject.trouble ? 'trouble' : 'ready';
}

/** Probes that at least one of the two says something of, those that changed first. */
export function probes(state: ComparisonState): Probes {
  const { subject, results } = state;
  return probesOf(subject?.probes ?? [], results.frames, mapFrames(state));
}

/** Path of the probe that is looked at closely. */
export function currentImage(state: ComparisonState): string | undefined {
  const { rows } = probes(state);
  const { image } = state.choices;
  return rows.some(({ path }) => path === image) ? image : rows[0]?.path;
}

export function rowOf(frames: ProbeFrames | undefined, image: string | undefined): number {
  return image === undefined ? -1 : (frames?.images.indexOf(image) ?? -1);
}

/** Class of the map that is kept of a checkpoint whose files are gone: no other one can be compared. Undefined: nothing binds. */
export function keptClass(state: ComparisonState, image: string): number | undefined {
  const { subject } = state;
  const frames = mapFrames(state);
  for (const side of ['from', 'to'] as const) {
    const index = subject?.[side].gone ? frames[side]?.explained[rowOf(frames[side], image)] : undefined;
    if (index !== undefined && index >= 0) return index;
  }
  return undefined;
}

export function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The pair `steps` further along the run, of the same distance: what comes before or after what is compared now. */
export function pairAt(
  { others, from, to }: ComparisonSubject,
  steps: number,
  than: BothSides<string> = { from: from.id, to: to.id },
): BothSides<Checkpoint> | undefined {
  const at = (wanted: string) => others.findIndex(({ id }) => id === wanted);
  const [first, second] = [others[at(than.from) + steps], others[at(than.to) + steps]];
  return at(than.from) >= 0 && at(than.to) >= 0 && first && second ? { from: first, to: second } : undefined;
}
