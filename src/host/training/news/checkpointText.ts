import { basename } from 'node:path';
import { describeError } from '../../../shared/errors.ts';
import type { Checkpoint } from '../../../shared/trainingProtocol.ts';
import type { Alarm } from '../../../shared/trainingReading.ts';
import { formatBytes } from '../../modelCandidates.ts';
import type { Facts } from './runReading.ts';

/** How a checkpoint stands, what is worst first: its icon. */
export type Standing = 'running' | 'failed' | 'not-finite' | 'alarm' | 'incomplete' | 'waiting' | 'pinned' | 'gone' | 'done';

export function standingOf({ reading, version, pinned, gone }: Checkpoint, { alarms, notFinite }: Facts): Standing {
  if (reading.state === 'running' || reading.state === 'failed') return reading.state;
  if (notFinite > 0) return 'not-finite';
  if (alarms.length > 0) return 'alarm';
  // Something was read of it, and it is about to be read again: what is shown is still that.
  if (version === undefined) return reading.state === 'done' ? 'waiting' : reading.state;
  if (pinned) return 'pinned';
  return gone ? 'gone' : 'done';
}

/** `83 % right · 2 became wrong · 14:03`; short, since the side bar is narrow. */
export function descriptionOf(checkpoint: Checkpoint, facts: Facts, now: Date): string {
  const { reading, pinned, gone, modified } = checkpoint;
  const { accuracy, becameWrong, becameRight, alarms, notFinite } = facts;
  return sentence([
    pinned && 'pinned',
    reading.state === 'running' && progressOf(reading),
    reading.state === 'failed' && 'could not be read',
    reading.state === 'incomplete' && 'being written',
    reading.state === 'waiting' && !accuracy && 'waiting',
    accuracy && `${percent(accuracy.share)} ${accuracy.of === 'data set' ? 'of all right' : 'right'}`,
    notFinite > 0 && 'NaN or infinite',
    alarms.length > 0 && alarmWords(alarms),
    becameWrong.length > 0 && `${becameWrong.length} became wrong`,
    becameWrong.length === 0 && becameRight.length > 0 && `${becameRight.length} became right`,
    gone && 'files gone',
    clock(modified, now),
  ]);
}

/** For those who hear it. */
export function spokenOf(checkpoint: Checkpoint, facts: Facts, now: Date): string {
  const { accuracy } = facts;
  const short = descriptionOf(checkpoint, { ...facts, accuracy: undefined }, now).split(' · ');
  const whole = accuracy && `${percent(accuracy.share)} of ${accuracy.count} ${of(accuracy)} right`;
  return [checkpoint.name, whole, ...short].filter(Boolean).join(', ');
}

/** All that is known, for the tooltip. */
export function checkpointFacts(checkpoint: Checkpoint, facts: Facts, now: Date): [what: string, text: string][] {
  const { path, bytes, modified, reading, gone, pinned } = checkpoint;
  const { accuracy, since, becameWrong, becameRight, alarms, notFinite } = facts;
  const all: [string, string | false | undefined][] = [
    ['State', stateSentence(checkpoint)],
    ['Right', accuracy && `${percent(accuracy.share)} of ${accuracy.count.toLocaleString('en')} ${of(accuracy)}`],
    ['Became wrong', since !== undefined && flipped(becameWrong, since)],
    ['Became right', since !== undefined && flipped(becameRight, since)],
    ...alarms.map((alarm): [string, string] => ['Alarm', alarmSentence(alarm)]),
    ['Not finite', notFinite > 0 && `No finite answer for ${count(notFinite, 'probe')}: the weights have NaN or infinite values.`],
    ['Error', reading.state === 'failed' && describeError(reading.error)],
    ['Pinned', pinned && 'Others are compared with it.'],
    ['Written', clock(modified, now, true)],
    ['Size', formatBytes(bytes)],
    ['File', `${path}${gone ? ' (gone: only what was read of it is left)' : ''}`],
  ];
  return all.flatMap(([what, text]): [string, string][] => (text ? [[what, text]] : []));
}

export function alarmSentence({ kind, label, probes, share, peaks }: Alarm): string {
  const where = kind === 'border' ? 'on the border of the picture' : 'off the object';
  const evidence = kind === 'border' ? `${percent(share)} of the evidence lies there` : `${percent(share)} of the evidence lies on it`;
  return `“${label}”: the hottest point lies ${where} in ${percent(peaks)} of the ${probes} probes called so; ${evidence}. A shortcut?`;
}

/** `star looks at the border`. */
export function alarmWords(alarms: readonly Alarm[]): string {
  const labels = [...new Set(alarms.map(({ label }) => label))].join(', ');
  return `${labels}: ${alarms.some(({ kind }) => kind === 'border') ? 'looks at the border' : 'looks off the object'}`;
}

export function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}

export function count(n: number, what: string): string {
  return `${n.toLocaleString('en')} ${what}${n === 1 ? '' : 's'}`;
}

/** `14:03`; of another day with its date. */
export function clock(ms: number, now: Date, always = false): string {
  const date = new Date(ms);
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  const isToday = date.toDateString() === now.toDateString();
  const year = date.getFullYear() === now.getFullYear() ? '' : ` ${date.getFullYear()}`;
  return isToday && !always ? time : `${date.getDate()} ${months[date.getMonth()]}${year} ${time}`;
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

function stateSentence({ reading, gone, version }: Checkpoint): string {
  switch (reading.state) {
    case 'waiting':
      return 'Waits for its turn: the newest is read first, and only while the view is visible.';
    case 'incomplete':
      return `Not read yet. ${reading.why}`;
    case 'running':
      return `Reading: ${progressOf(reading)}`;
    case 'failed':
      return 'Could not be read.';
    case 'done':
      if (version === undefined) return 'Not read: there are no probes. Add pictures to the probe set.';
      return gone ? 'Read before its files went.' : 'Read.';
  }
}

function progressOf({ what, done, total }: { what: string; done: number; total: number }): string {
  return total > 0 ? `${what} ${done.toLocaleString('en')} of ${total.toLocaleString('en')}` : `${what}…`;
}

function of(accuracy: NonNullable<Facts['accuracy']>): string {
  return accuracy.of === 'probes' ? 'probes' : 'images of the data set';
}

/** More names make no tooltip. */
const mostNames = 8;

function flipped(images: readonly string[], since: string): string {
  if (images.length === 0) return `none since ${since}`;
  const names = images.slice(0, mostNames).map((image) => basename(image));
  const more = images.length > mostNames ? ` and ${images.length - mostNames} more` : '';
  return `${images.length} since ${since}: ${names.join(', ')}${more}`;
}

function sentence(parts: readonly (string | false | undefined)[]): string {
  return parts.filter(Boolean).join(' · ');
}
