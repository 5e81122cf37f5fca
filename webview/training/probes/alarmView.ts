import { html, nothing, type TemplateResult } from 'lit';
import type { Alarm } from '../../../src/shared/trainingReading.ts';
import { button, iconButton } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import type { Flow } from '../flow.ts';
import { alarmsOf, pairOf } from '../reading.ts';
import type { PageState } from '../state.ts';
import { alarmLine, alarmRows, alarmsText, alarmText } from './alarmText.ts';

/** Signs at the slider's checkpoint that classes are recognised by something beside the object; a card for each kind. */
export function alarmsView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const pair = pairOf(state);
  const dismissed = state.choices.dismissed?.[state.subject?.run?.id ?? ''] ?? [];
  if (!pair) return nothing;
  const shown = (alarmsOf(state).get(pair.checkpoint.id) ?? []).filter((alarm) => !dismissed.includes(keyOf(alarm)));
  const cards = (['border', 'object'] as const).map((kind) => shown.filter((alarm) => alarm.kind === kind)).filter((of) => of.length > 0);
  return cards.length === 0 ? nothing : html`<div class="alarms">${cards.map((of) => card(state, flow, of))}</div>`;
}

function keyOf({ kind, label }: Alarm): string {
  return `${kind}:${label}`;
}

function card(state: PageState, flow: Flow, all: readonly Alarm[]): TemplateResult {
  const { now } = pairOf(state)!;
  const [alarm] = all as [Alarm];
  const isOne = all.length === 1;
  return html`<aside class="alarm" aria-label="Alarm" data-testid="alarm" data-kind=${alarm.kind}>
    <div class="alarm-head">
      <span class="warning-icon">${icon('warning')}</span>
      <p data-testid="alarm-text">${isOne ? alarmText(state.subject, now, alarm) : alarmsText(alarm.kind, all.length)}</p>
      ${iconButton({ testid: 'alarm-dismiss', label: `Put away for this run: ${all.map(({ label }) => label).join(', ')}`, icon: 'close', onClick: () => dismiss(flow, all) })}
    </div>
    ${isOne ? actions(state, flow, alarm) : html`<ul class="alarm-list">${all.map((each) => html`<li>${line(state, flow, each)}</li>`)}</ul>`}
  </aside>`;
}

function actions(state: PageState, flow: Flow, alarm: Alarm): TemplateResult {
  return html`<div class="buttons">
    ${button({ testid: 'alarm-explain', label: 'Explain one', disabled: isGone(state), onClick: () => explain(state, flow, alarm) })}
    ${button({ testid: 'alarm-show', label: 'Show pictures', onClick: () => show(flow, alarm) })}
  </div>`;
}

function line(state: PageState, flow: Flow, alarm: Alarm): TemplateResult {
  return html`<span class="alarm-line" data-testid="alarm-line"><strong>${alarm.label}</strong>: ${alarmLine(state.subject, alarm)}</span>
    ${iconButton({ testid: 'alarm-explain', label: `Explain one: ${alarm.label}`, icon: 'reveal', disabled: isGone(state), onClick: () => explain(state, flow, alarm) })}
    ${iconButton({ testid: 'alarm-show', label: `Show pictures: ${alarm.label}`, icon: 'eye', onClick: () => show(flow, alarm) })}`;
}

function isGone(state: PageState): boolean {
  return pairOf(state)?.checkpoint.gone ?? true;
}

function explain(state: PageState, flow: Flow, alarm: Alarm): void {
  const pair = pairOf(state);
  const image = pair?.now.images[alarmRows(pair.now, alarm)[0] ?? -1];
  if (pair && image !== undefined) void flow.ask(() => flow.client.call('openProbe', { checkpoint: pair.checkpoint.id, image }));
}

function show(flow: Flow, { label }: Alarm): void {
  flow.choose({ only: `called:${label}` });
  requestAnimationFrame(() => document.querySelector('[data-testid=probes]')?.scrollIntoView({ block: 'start' }));
}

function dismiss(flow: Flow, all: readonly Alarm[]): void {
  const run = flow.state.subject?.run?.id ?? '';
  const before = flow.state.choices.dismissed ?? {};
  flow.choose({ dismissed: { ...before, [run]: [...(before[run] ?? []), ...all.map(keyOf)] } });
}
