import { html, type TemplateResult } from 'lit';
import { noticeView } from '../../page/announcements.ts';
import { errorView } from '../../page/errorView.ts';
import { measured } from '../../ui/measured.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { layoutOf } from '../layout.ts';
import { logsView } from '../logs/logsView.ts';
import { probesView } from '../probes/probesView.ts';
import { runView } from '../run/runView.ts';
import { sliderView } from '../run/sliderView.ts';
import { phase } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { wholeView } from '../whole/wholeView.ts';
import { loadingView, noneView, offView } from './emptyViews.ts';

/** The whole page. */
export function app(state: PageState, flow: Flow): TemplateResult {
  return html`<main class="training">
      <div class="training-body" ${measured((width) => flow.resized(width))} ${vars(axisVars(state))}>${body(state, flow)}</div>
    </main>
    ${noticeView(state.notice)}`;
}

/** Where the axis begins and ends, for everything that has it; how many rows stand beside each other. */
function axisVars({ width, subject }: PageState): Record<string, string> {
  const { frame, columns } = layoutOf(width, subject?.checkpoints.length ?? 0);
  return { '--inset': `${frame / 2}px`, '--columns': String(columns) };
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
      return noneView(flow, state.subject?.notice);
    case 'ready':
      return html`${runView(state, flow)} ${sliderView(state, flow)} ${probesView(state, flow)} ${logsView(state, flow)} ${wholeView(state, flow)}`;
  }
}
