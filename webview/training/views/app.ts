import { html, nothing, type TemplateResult } from 'lit';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import type { Flow } from '../flow.ts';
import { logsView } from '../logs/logsView.ts';
import { probesView } from '../probes/probesView.ts';
import { runView } from '../run/runView.ts';
import { phase } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { wholeView } from '../whole/wholeView.ts';

/** The whole page. */
export function app(state: PageState, flow: Flow): TemplateResult {
  return html`<main class="training">${body(state, flow)}</main>
    ${state.notice === undefined ? nothing : html`<p class="notice" role="status" data-testid="notice">${state.notice}</p>`}`;
}

function body(state: PageState, flow: Flow): TemplateResult {
  const error = state.failure ?? state.subject?.failure;
  switch (phase(state)) {
    case 'error':
      return errorView(error!, { retry: () => void flow.begin(), showLog: () => flow.showLog() });
    case 'loading':
      return html`<div class="page-loading" data-testid="loading"><span class="skeleton line short"></span></div>`;
    case 'off':
      return html`<section class="card empty" data-testid="off">
        <p>Restricted Mode: Glassbox reads no checkpoint here before you ask for it.</p>
        ${button({ testid: 'follow', label: 'Follow training here', appearance: 'primary', onClick: () => void flow.ask(() => flow.client.call('follow', {})) })}
      </section>`;
    case 'none':
      return html`<section class="card empty" data-testid="none"><p>No training run was found in this workspace.</p></section>`;
    case 'ready':
      return html`${runView(state, flow)} ${probesView(state, flow)} ${logsView(state, flow)} ${wholeView(state, flow)}`;
  }
}
