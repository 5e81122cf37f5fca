import type { Checkpoint, RunSummary } from '../../../shared/trainingProtocol.ts';
import { alarmSentence, checkpointFacts, percent } from './checkpointText.ts';
import { duration, isStale, rhythmOf } from './rhythm.ts';
import type { Facts } from './runReading.ts';

export interface Followed {
  run: RunSummary;
  /** In order of the run. */
  checkpoints: readonly Checkpoint[];
  facts: ReadonlyMap<string, Facts>;
  paused: boolean;
  /** The view is in sight: nothing is read otherwise. */
  visible: boolean;
  /** When the run was first followed, ms since 1970. */
  since: number;
  now: number;
}

export interface StatusText {
  text: string;
  tooltip: string;
  /** For those who hear it. */
  spoken: string;
}

/** The newest checkpoint that was read and what matters of it: `$(pulse) epoch_07 · 92 % · 2 flipped`. */
export function statusText(followed: Followed): StatusText {
  const { run, checkpoints, facts, paused, now } = followed;
  const newest = checkpoints.findLast(({ id }) => facts.has(id));
  const said = newest && facts.get(newest.id);
  const { accuracy, becameWrong = [], becameRight = [], alarms = [], notFinite = 0 } = said ?? {};
  const flipped = becameWrong.length + becameRight.length;
  const next = newest ? checkpoints.slice(checkpoints.indexOf(newest) + 1) : checkpoints;
  const quiet = staleness(followed);
  const parts = [
    newest?.name,
    accuracy && percent(accuracy.share),
    notFinite > 0 && 'NaN or infinite',
    alarms.length > 0 && `alarm: ${[...new Set(alarms.map(({ label }) => label))].join(', ')}`,
    flipped > 0 && `${flipped} flipped`,
    paused ? 'paused' : nextText(next, followed.visible),
    quiet && `quiet for ${duration(quiet.quiet)}`,
  ].filter(Boolean);
  const isWarning = alarms.length > 0 || notFinite > 0 || next.some(({ reading }) => reading.state === 'failed');
  const isReading = checkpoints.some(({ reading }) => reading.state === 'running');
  const icon = isWarning ? 'warning' : isReading ? 'sync~spin' : paused ? 'debug-pause' : 'pulse';
  const body = parts.length > 0 ? parts.join(' · ') : run.label;
  const details = newest && said ? checkpointFacts(newest, { ...said, alarms: [] }, new Date(now)) : [];
  const told = details.filter(([what]) => ['Right', 'Became wrong', 'Became right', 'Not finite'].includes(what));
  const lines = [
    `Training: ${run.label}`,
    newest && `Newest read: ${newest.name}`,
    ...told.map(([what, text]) => `${what}: ${text}`),
    ...alarms.map((alarm) => `Alarm: ${alarmSentence(alarm)}`),
    ...next.flatMap(({ name, reading }) =>
      reading.state === 'failed'
        ? [`${name}: ${reading.error.message}`]
        : reading.state === 'incomplete'
          ? [`${name}: ${reading.why}`]
          : [],
    ),
    quiet && `No new checkpoint for ${duration(quiet.quiet)}; usually one comes every ${duration(quiet.gap)}.`,
    'Click to show the view',
  ];
  return {
    text: `$(${icon}) ${body}`,
    tooltip: lines.filter(Boolean).join('\n'),
    spoken: `Glassbox training: ${isWarning ? 'warning, ' : ''}${body.replaceAll(' · ', ', ')}`,
  };
}

/** What becomes of the checkpoints that came after the newest one that was read. */
function nextText(next: readonly Checkpoint[], visible: boolean): string | undefined {
  const last = next.at(-1);
  if (!last) return undefined;
  if (last.reading.state === 'incomplete') return `waiting for ${last.name}`;
  if (last.reading.state === 'failed') return `${last.name} could not be read`;
  // There are no probes: nothing will be.
  if (last.reading.state === 'done') return undefined;
  return visible ? `reading ${last.name}` : `${next.length} new`;
}

function staleness({ checkpoints, since, now }: Followed): { quiet: number; gap: number } | undefined {
  const rhythm = rhythmOf(checkpoints);
  return rhythm && isStale(rhythm, since, now) ? { quiet: now - rhythm.last, gap: rhythm.gap } : undefined;
}
