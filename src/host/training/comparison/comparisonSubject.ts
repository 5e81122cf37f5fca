import { type ErrorRecord, ModelError, toErrorRecord } from '../../../shared/errors.ts';
import type { Checkpoint, ComparisonSubject, TrainingState } from '../../../shared/trainingProtocol.ts';
import { keptBy } from '../../keptBy.ts';
import type { Showing } from '../../showings.ts';

/** What is remembered of a checkpoint: enough to say which one is not there any more. */
export type NamedCheckpoint = Pick<Checkpoint, 'id' | 'name' | 'at'>;

/** What a panel about two checkpoints is about. */
export interface ComparedPair {
  run: { id: string; label: string };
  from: NamedCheckpoint;
  to: NamedCheckpoint;
}

/** The subject as the page shows it. */
export function describeComparison(
  pair: ComparedPair,
  { generation, turn }: Showing<{ image: string }>,
  state: TrainingState,
): ComparisonSubject {
  const trouble = troubleOf(pair, state);
  const checkpoints = trouble ? [] : state.checkpoints;
  return {
    generation,
    restore: JSON.stringify(pair satisfies ComparedPair),
    run: pair.run.label,
    axis: state.run?.axis ?? 'number',
    ...{ from: sideOf(pair.from, checkpoints), to: sideOf(pair.to, checkpoints) },
    others: checkpoints.filter(({ id, version }) => version !== undefined || id === pair.from.id || id === pair.to.id).map(chosenFrom),
    ...{ probes: state.probes, choice: state.choice, layers: state.layers, trouble },
    ...(turn && { image: turn.image }),
  };
}

/** Names what a page's answers are about: where it is another one, they are of no use. */
export function comparisonKey({ from, to }: ComparedPair, { run, probes, choice }: TrainingState): string {
  return JSON.stringify([run?.id, from.id, to.id, probes.map(({ path }) => path), choice]);
}

/** Back from the state a page kept; undefined where that is not ours. */
export function restoreComparison(state: unknown): ComparedPair | undefined {
  const { run, from, to } = keptBy(state) as Partial<Record<keyof ComparedPair, Record<string, unknown>>>;
  const [first, second] = [namedBy(from), namedBy(to)];
  if (typeof run?.['id'] !== 'string' || typeof run['label'] !== 'string' || !first || !second) return undefined;
  return { run: { id: run['id'], label: run['label'] }, from: first, to: second };
}

export function named({ id, name, at }: NamedCheckpoint): NamedCheckpoint {
  return { id, name, at };
}

function namedBy(kept: Record<string, unknown> | undefined): NamedCheckpoint | undefined {
  const { id, name, at } = kept ?? {};
  return typeof id === 'string' && typeof name === 'string' && typeof at === 'number' ? { id, name, at } : undefined;
}

/** How far the others are is of no matter here: every step of it would be news. */
function chosenFrom(checkpoint: Checkpoint): Checkpoint {
  return { ...checkpoint, reading: { state: 'done' } };
}

function troubleOf({ run }: ComparedPair, state: TrainingState): ComparisonSubject['trouble'] {
  if (state.following === 'off') {
    const message = 'Restricted Mode: Glassbox reads no checkpoint here before you ask for it.';
    return { error: record('cancelled', message), follow: 'Follow training here' };
  }
  if (state.failure) return { error: state.failure, follow: undefined };
  if (state.run?.id === run.id) return undefined;
  if (state.runs.some(({ id }) => id === run.id)) {
    const message = `Glassbox follows ${state.run?.label ?? 'no run'} now; this comparison is of ${run.label}.`;
    return { error: record('cancelled', message), follow: `Follow ${run.label}` };
  }
  const hint = 'Choose another run in the Training view, and compare its checkpoints.';
  return { error: record('file-missing', `The training run ${run.label} is not in this workspace any more.`, hint), follow: undefined };
}

/** The checkpoint as it is now; one that is not there any more is told of by what is remembered. */
function sideOf(wanted: NamedCheckpoint, checkpoints: readonly Checkpoint[]): Checkpoint {
  const found = checkpoints.find(({ id }) => id === wanted.id);
  if (found) return found;
  const unknown = { path: '', modified: 0, bytes: 0, version: undefined, pinned: false };
  // Nothing at all is known before the first look at the folder.
  if (checkpoints.length === 0) return { ...wanted, ...unknown, gone: false, reading: { state: 'waiting' } };
  const hint = 'Choose another checkpoint.';
  const error = record('file-missing', `${wanted.name} is not in the run any more, and nothing of it is kept.`, hint);
  return { ...wanted, ...unknown, gone: true, reading: { state: 'failed', error } };
}

function record(code: ErrorRecord['code'], message: string, hint?: string): ErrorRecord {
  return toErrorRecord(new ModelError(code, message, hint === undefined ? {} : { hint }));
}
