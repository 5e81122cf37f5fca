import { html, nothing, type TemplateResult } from 'lit';
import { borderArea, type ProbeFrames } from '../../../src/shared/trainingProtocol.ts';
import type { Alarm } from '../../../src/shared/trainingReading.ts';
import { button, iconButton } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import type { Flow } from '../flow.ts';
import { alarmsOf, pairOf } from '../reading.ts';
import type { PageState } from '../state.ts';
import { whole } from './measuresView.ts';

/** Signs at the slider's checkpoint that a class is recognised by something beside the object. */
export function alarmsView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const pair = pairOf(state);
  const run = state.subject?.run?.id ?? '';
  if (!pair) return nothing;
  const dismissed = state.choices.dismissed?.[run] ?? [];
  const shown = (alarmsOf(state).get(pair.checkpoint.id) ?? []).filter((alarm) => !dismissed.includes(keyOf(alarm)));
  return shown.length === 0 ? nothing : html`${shown.map((alarm) => alarmView(state, flow, pair.now, pair.checkpoint.id, alarm))}`;
}

function keyOf({ kind, label }: Alarm): string {
  return `${kind}:${label}`;
}

function alarmView(state: PageState, flow: Flow, now: ProbeFrames, checkpoint: string, alarm: Alarm): TemplateResult {
  const { client } = flow;
  const image = now.images[telling(now, alarm)];
  const isGone = state.subject?.checkpoints.find(({ id }) => id === checkpoint)?.gone ?? true;
  const dismiss = () => {
    const run = state.subject?.run?.id ?? '';
    const before = flow.state.choices.dismissed ?? {};
    flow.choose({ dismissed: { ...before, [run]: [...(before[run] ?? []), keyOf(alarm)] } });
  };
  const showPictures = () => {
    flow.choose({ only: `called:${alarm.label}` });
    requestAnimationFrame(() => document.querySelector('[data-testid=probes]')?.scrollIntoView({ block: 'start' }));
  };
  return html`<aside class="alarm" role="alert" data-testid="alarm" data-kind=${alarm.kind}>
    <span class="warning-icon">${icon('warning')}</span>
    <div class="alarm-body">
      <p data-testid="alarm-text">${alarmText(state, now, alarm)}</p>
      <div class="buttons">
        ${button({ testid: 'alarm-explain', label: 'Open one', disabled: isGone || image === undefined, onClick: () => image !== undefined && void flow.ask(() => client.call('openProbe', { checkpoint, image })) })}
        ${button({ testid: 'alarm-show', label: 'Show pictures', onClick: showPictures })}
      </div>
    </div>
    ${iconButton({ testid: 'alarm-dismiss', label: `Put away for this run: ${alarm.label}`, icon: 'close', onClick: dismiss })}
  </aside>`;
}

/** Rows called so, and of them the one that shows it best. */
function calledRows(now: ProbeFrames, alarm: Alarm): number[] {
  const measured = alarm.kind === 'border' ? now.borderShare : now.objectShare;
  return now.images
    .map((_, row) => row)
    .filter((row) => now.classes[now.predicted[row] as number] === alarm.label && !Number.isNaN(measured[row]));
}

function telling(now: ProbeFrames, alarm: Alarm): number {
  const sign = alarm.kind === 'border' ? -1 : 1;
  const measured = alarm.kind === 'border' ? now.borderShare : now.objectShare;
  return calledRows(now, alarm).sort((a, b) => sign * ((measured[a] as number) - (measured[b] as number)))[0] ?? -1;
}

function alarmText({ subject }: PageState, now: ProbeFrames, alarm: Alarm): TemplateResult {
  const { kind, label, probes, share, peaks } = alarm;
  const since = subject?.checkpoints.find(({ id }) => id === alarm.since)?.name ?? '';
  const many = html`<strong>${label}</strong>: in ${Math.round(peaks * probes)} of ${probes} pictures the map’s hottest point lies`;
  if (kind === 'border')
    return html`${many} on the border, with ${whole(share)} of the evidence (an even map: ${whole(borderArea)}), since ${since}. The network may use something
      beside the object: a stamp, a frame, a corner.`;
  const areas = calledRows(now, alarm).map((row) => now.objectArea[row] as number);
  const even = areas.reduce((a, b) => a + b, 0) / areas.length;
  return html`${many} off the object, with ${whole(share)} of the evidence on it (an even map: ${whole(even)}), since ${since}. The network may use the
    background, or something that comes with the object.`;
}
