import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../ui/icons.ts';
import { select } from '../../ui/select.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { failedView } from './failedView.ts';
import { goingOn } from './goingOn.ts';
import { setupView } from './setupView.ts';

/** The run that is followed, what goes on with it, and which maps are made. */
export function runView(state: PageState, flow: Flow): TemplateResult | typeof nothing {
  const { subject } = state;
  if (!subject) return nothing;
  const { paused, checkpoints, notice } = subject;
  return html`<section class="run" aria-label="Training run" data-testid="run">
    <div class="run-line">${runName(state, flow)}</div>
    <p class="going-on small" data-testid="going-on">${progress(state)}<span>${goingOn(subject, state.frames)}</span>${paused ? resume(flow) : nothing}</p>
    <p class="visually-hidden" role="status" aria-live="polite" data-testid="news">${state.news}</p>
    ${notice === undefined ? nothing : html`<p class="run-notice" data-testid="run-notice">${icon('info')}<span>${notice}</span></p>`}
    ${failedView(checkpoints, flow)} ${setupView(state, flow)}
  </section>`;
}

/** Pausing stands in the title of the view, with the settings; what is paused says how to go on. */
function resume(flow: Flow): TemplateResult {
  return html`<button class="link" data-testid="resume" @click=${() => void flow.ask(() => flow.client.call('setPaused', { paused: false }))}>Go on</button>`;
}

function runName({ subject }: PageState, flow: Flow): TemplateResult {
  const { runs = [], run } = subject ?? {};
  if (runs.length < 2) return html`<h2 class="run-name" data-testid="run-name" title=${run?.label ?? ''}>${run?.label ?? ''}</h2>`;
  return select({
    ...{ testid: 'run-select', label: 'Run', value: run?.id ?? '' },
    groups: [{ label: 'Runs', options: runs.map(({ id, label }) => ({ id, label })) }],
    onChange: (id) => void flow.ask(() => flow.client.call('chooseRun', { id })),
  });
}

/** How far the checkpoint at work is. */
function progress({ subject }: PageState): TemplateResult | typeof nothing {
  for (const { reading } of subject?.checkpoints ?? [])
    if (reading.state === 'running' && !subject?.paused)
      return html`<span class="progress-bar" aria-hidden="true"><span ${vars({ '--done': String(reading.total > 0 ? reading.done / reading.total : 0) })}></span></span>`;
  return nothing;
}
