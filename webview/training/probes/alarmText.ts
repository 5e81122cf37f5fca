import { html, type TemplateResult } from 'lit';
import { borderArea, type ProbeFrames, type TrainingState } from '../../../src/shared/trainingProtocol.ts';
import type { Alarm } from '../../../src/shared/trainingReading.ts';
import { whole } from './measuresView.ts';

const beside: Readonly<Record<Alarm['kind'], string>> = {
  border: 'The network may use something beside the object: a stamp, a frame, a corner.',
  object: 'The network may use the background, or something that comes with the object.',
};

/** One alarm in full. */
export function alarmText(subject: TrainingState | undefined, now: ProbeFrames, alarm: Alarm): TemplateResult {
  const { kind, label, share } = alarm;
  const where = kind === 'border' ? 'on the border' : 'off the object';
  const lies = kind === 'border' ? 'of the evidence' : 'of the evidence on it';
  return html`<strong>${label}</strong>: in ${pictures(alarm)} the map’s hottest point lies ${where}, with ${whole(share)} ${lies} (an even map:
    ${whole(evenOf(now, alarm))}), since ${since(subject, alarm)}. ${beside[kind]}`;
}

/** What several alarms of a kind have in common. */
export function alarmsText(kind: Alarm['kind'], count: number): TemplateResult {
  const where = kind === 'border' ? `on the border (an even map has ${whole(borderArea)} of its evidence there)` : 'off the object';
  return html`In the maps of <strong>${count} classes</strong> the hottest point lies ${where}. ${beside[kind]}`;
}

/** One of them in a line. */
export function alarmLine(subject: TrainingState | undefined, alarm: Alarm): string {
  const { kind, share } = alarm;
  return `${pictures(alarm)}, ${whole(share)} ${kind === 'border' ? 'there' : 'on the object'}, since ${since(subject, alarm)}`;
}

function pictures({ peaks, probes }: Alarm): string {
  return `${Math.round(peaks * probes)} of ${probes} pictures`;
}

function since(subject: TrainingState | undefined, alarm: Alarm): string {
  return subject?.checkpoints.find(({ id }) => id === alarm.since)?.name ?? 'before';
}

/** Share that a map without any preference would have. */
function evenOf(now: ProbeFrames, alarm: Alarm): number {
  if (alarm.kind === 'border') return borderArea;
  const areas = alarmRows(now, alarm).map((row) => now.objectArea[row] as number);
  return areas.reduce((a, b) => a + b, 0) / areas.length;
}

/** Rows that an alarm is about, the most telling first. */
export function alarmRows(now: ProbeFrames, { kind, label }: Alarm): number[] {
  const [measured, sign] = kind === 'border' ? [now.borderShare, -1] : [now.objectShare, 1];
  const rows = now.images.map((_, row) => row);
  return rows
    .filter((row) => now.classes[now.predicted[row] as number] === label && !Number.isNaN(measured[row]))
    .sort((a, b) => sign * ((measured[a] as number) - (measured[b] as number)));
}
