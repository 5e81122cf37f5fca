import { html, nothing, type TemplateResult } from 'lit';
import { methodFields } from '../../page/methodFields.ts';
import type { Flow } from '../flow.ts';
import type { ComparisonState } from '../state.ts';
import { isRefused, ownRequest, requestText } from './ownMaps.ts';

/** Which maps of both checkpoints are compared, and the way back from those that cannot be had. */
export function methodView(state: ComparisonState, flow: Flow): TemplateResult | typeof nothing {
  const { subject, methods } = state;
  if (!subject || methods.length === 0) return nothing;
  const request = ownRequest(state) ?? subject.choice.request;
  const onChange = flow.chooseMaps.bind(flow);
  return html`<div class="comparison-method" role="group" aria-label="Maps of both checkpoints" data-testid="maps">
    ${methodFields({ methods, layers: subject.layers, request, onChange })} ${backView(state, flow)}
  </div>`;
}

/** Also where the maps on show are well: one that was chosen here need not stay. */
function backView(state: ComparisonState, flow: Flow): TemplateResult | typeof nothing {
  const { subject, methods, worked } = state;
  const own = ownRequest(state);
  if (!subject || !own) return nothing;
  if (isRefused(state) && worked !== own) {
    const label = `Back to ${requestText(methods, worked ?? subject.choice.request)}`;
    return html`<button class="link" data-testid="maps-back" @click=${() => flow.chooseMaps(worked)}>${label}</button>`;
  }
  const title = `${requestText(methods, subject.choice.request)}: what the Training view shows`;
  return html`<button class="link" data-testid="maps-usual" title=${title} @click=${() => flow.chooseMaps(undefined)}>As in the Training view</button>`;
}

/** How far maps are that were chosen here; stands where it moves nothing. */
export function goesView(state: ComparisonState): TemplateResult | typeof nothing {
  const { both, frames, done, choices, methods } = state;
  const own = ownRequest(state);
  // The pair that is looked at comes first.
  const ofProbe = choices.view === 'probe' && both.loading;
  if (!own || !(ofProbe || frames.loading)) return nothing;
  const share = ofProbe ? done.both : done.frames;
  const method = methods.find(({ id }) => id === own.method);
  const what = `${method?.label} of ${ofProbe ? 'both checkpoints' : 'all probes'}`;
  const text = `${what}${share > 0 ? `: ${Math.floor(100 * share)} %` : ' …'}${method?.slow ? '. It asks the network many times.' : ''}`;
  return html`<span class="comparison-reading" aria-live="off" data-testid="maps-status">${text}</span>`;
}
