import { html, nothing, type TemplateResult } from 'lit';
import { errorView } from '../../page/errorView.ts';
import { measured } from '../../ui/measured.ts';
import { vars } from '../../ui/vars.ts';
import { axisOf } from '../axis.ts';
import type { Flow } from '../flow.ts';
import { layoutOf } from '../layout.ts';
import { logsView } from '../logs/logsView.ts';
import { probesView } from '../probes/probesView.ts';
import { runView } from '../run/runView.ts';
import { sliderView } from '../run/sliderView.ts';
import { current, phase } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { wholeView } from '../whole/wholeView.ts';
import { loadingView, noneView, offView } from './emptyViews.ts';

/** The whole page. */
export function app(state: PageState, flow: Flow): TemplateResult {
  return html`<main class="training">
      <div class="training-body" ${measured((width) => flow.resized(width))} ${vars(axisVars(state))}>${body(state, flow)}</div>
    </main>
    ${state.notice === undefined ? nothing : html`<p class="notice" role="status" data-testid="notice">${state.notice}</p>`}`;
}

/** Where the slider stands, for everything that has the run's axis: one change moves them all. */
function axisVars(state: PageState): Record<string, string> {
  const checkpoints = state.subject?.checkpoints ?? [];
  const at = checkpoints.findIndex(({ id }) => id === current(state)?.id);
  const { frame, columns } = layoutOf(state.width, checkpoints.length);
  return { '--inset': `${frame / 2}px`, '--at': String(at < 0 ? 0 : axisOf(checkpoints).place(at)), '--columns': String(columns) };
}

function body(state: PageState, flow: Flow): TemplateResult {
  const error = state.failure ?? state.subject?.failure;
  switch (phase(state)) {
    case 'error':
      return errorView(error!, { retry: () => void flow.begin(), showLog: () => flow.showLog() });
    case 'loading':
      return loadingView();
    case 'off':
      return offView(flow);
    case 'none':
      return noneView(flow);
    case 'ready':
      return html`${runView(state, flow)} ${sliderView(state, flow)} ${probesView(state, flow)} ${logsView(state, flow)} ${wholeView(state, flow)}`;
  }
}
