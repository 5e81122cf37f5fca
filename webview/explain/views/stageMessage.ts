import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { secondsLeft } from '../../draw/format.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { spinner } from '../../ui/fields.ts';
import { icon } from '../../ui/icons.ts';
import { vars } from '../../ui/vars.ts';
import type { Actions } from '../actions.ts';
import { currentMethod, shown } from '../selectors.ts';
import type { Job, PageState } from '../state.ts';

/** What has to be said over the image: progress with Cancel, a partial map, a flat map, an error. One thing at a time. */
export function stageMessage(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  const { map, job, stale, refusal } = shown(state);
  if (state.marking) return state.marking.to ? nothing : marking();
  if (state.picture?.error && !map) return html`<div class="stage-note">${errorView(state.picture.error, {})}</div>`;
  if (refusal) return html`<div class="stage-note wide" data-testid="refused">${errorView(refusal, {})}</div>`;
  if (job?.state === 'failed' && job.error) return failed(job, actions);
  if (job?.state === 'stopped') return stopped(job, actions);
  if (job?.state === 'running' && (job.progress > 0 || currentMethod(state)?.slow)) return progress(state, job, actions);
  if (job?.state === 'running')
    return html`<div class="stage-note quiet" data-testid="computing">${spinner()}<span>Computing…</span></div>`;
  if (map?.flat !== undefined && !stale)
    return html`<div class="stage-note" data-testid="flat" role="status">${icon('info')}<span>${map.flat}</span></div>`;
  return nothing;
}

function progress(state: PageState, job: Job, actions: Actions): TemplateResult {
  const done = Math.floor(job.progress * 100);
  const left = job.secondsLeft === undefined ? '' : `, ${secondsLeft(job.secondsLeft)}`;
  return html`<div class="stage-note" data-testid="progress">
    <div
      class=${classMap({ 'progress-bar': true })}
      role="progressbar"
      aria-label="${currentMethod(state)?.label} progress"
      aria-valuemin="0"
      aria-valuemax="100"
      aria-valuenow=${done}
    >
      <span ${vars({ '--done': String(job.progress) })}></span>
    </div>
    <span class="progress-text" data-testid="progress-text">${done} %${left}</span>
    ${button({ testid: 'cancel', label: 'Cancel', onClick: () => actions.cancel() })}
  </div>`;
}

function marking(): TemplateResult {
  return html`<div class="stage-note passive" data-testid="marking">
    ${icon('info')}<span>Drag over the part to explain, or move with the arrow keys and press Enter at two corners. Escape leaves it.</span>
  </div>`;
}

function stopped(job: Job, actions: Actions): TemplateResult {
  const text = job.map ? `Stopped at ${Math.floor(job.progress * 100)} %` : 'Stopped before anything was computed.';
  return html`<div class="stage-note" data-testid="stopped" title="Hatched cells were not computed.">
    ${icon('info')}<span>${text}</span>
    ${button({ testid: 'resume', label: 'Continue', onClick: () => actions.again(job.key) })}
  </div>`;
}

function failed(job: Job, actions: Actions): TemplateResult | typeof nothing {
  if (!job.error) return nothing;
  // What a method cannot do it cannot do a second time.
  const retry = job.error.code === 'method' ? {} : { retry: () => actions.again(job.key) };
  const handlers = { ...retry, showLog: () => actions.showLog(), openSidecar: () => actions.openSidecar() };
  return html`<div class="stage-note wide">${errorView(job.error, handlers)}</div>`;
}
