import { html, nothing, type TemplateResult } from 'lit';
import { describeError } from '../../../src/shared/errors.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { segments } from '../../ui/segments.ts';
import type { View } from '../choices.ts';
import type { Flow } from '../flow.ts';
import { gridView } from '../grid/gridView.ts';
import { methodView } from '../method/methodView.ts';
import { pairView } from '../pair/pairView.ts';
import { probeList } from '../probes/probeList.ts';
import { phase } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { setView } from '../whole/setView.ts';
import { header } from './header.ts';
import { failuresView } from './readingsView.ts';
import { summaryView } from './summaryView.ts';

/** The whole page: which two checkpoints, what changed in numbers, and one of three views of what it is. */
export function app(state: ComparisonState, flow: Flow): TemplateResult {
  return html`${state.subject ? header(state, state.subject, flow) : nothing}
    <main class="comparison">${body(state, flow)}</main>
    <p class="visually-hidden" role="status" aria-live="polite" data-testid="status">${state.failure ? describeError(state.failure) : ''}</p>
    ${state.notice === undefined ? nothing : html`<p class="notice" role="status" data-testid="notice">${state.notice}</p>`}`;
}

function body(state: ComparisonState, flow: Flow): TemplateResult {
  switch (phase(state)) {
    case 'error':
      return errorView(state.failure!, { retry: () => void flow.begin(), showLog: () => flow.showLog() });
    case 'loading':
      return html`<div class="page-loading" data-testid="loading"><span class="skeleton line short"></span><span class="skeleton line"></span></div>`;
    case 'trouble':
      return troubleView(state, flow);
    case 'ready':
      return html`${failuresView(state, flow)} ${summaryView(state, flow)}
        <div class="comparison-what">
          ${segments<View>({
            testid: 'view',
            label: 'What to compare',
            value: state.choices.view,
            options: [
              { id: 'probe', label: 'One probe' },
              { id: 'grid', label: 'All probes' },
              { id: 'set', label: 'Data set' },
            ],
            onChange: (view) => flow.choose({ view }),
          })}
          ${state.choices.view === 'set' || state.subject?.probes.length === 0 ? nothing : methodView(state, flow)}
        </div>
        ${content(state, flow)}`;
  }
}

function content(state: ComparisonState, flow: Flow): TemplateResult {
  if (state.choices.view === 'set') return setView(state, flow);
  if (state.subject?.probes.length === 0)
    return html`<p data-testid="no-probes">There are no probes yet: right-click pictures and choose <em>Add to Probe Set</em>, or index a data set.</p>`;
  if (state.choices.view === 'grid') return gridView(state, flow);
  return html`<div class="comparison-probe">${probeList(state, flow)} ${pairView(state, flow)}</div>`;
}

function troubleView({ subject }: ComparisonState, flow: Flow): TemplateResult {
  const { error, follow } = subject!.trouble!;
  return html`<section class="card empty" data-testid="trouble">
    ${errorView(error, { showLog: () => flow.showLog() })}
    ${
      follow === undefined
        ? nothing
        : html`<div>${button({ testid: 'follow', label: follow, appearance: 'primary', onClick: () => void flow.ask(() => flow.client.call('follow', {})) })}</div>`
    }
  </section>`;
}
