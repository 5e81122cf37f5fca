import { html, nothing, type TemplateResult } from 'lit';
import type { ComparedImage, ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { errorView } from '../../page/errorView.ts';
import type { Flow } from '../flow.ts';
import { currentImage, probes } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { arranged } from './arrangedView.ts';
import { legendView } from './legendView.ts';
import { measuresView } from './measuresView.ts';
import { pairModel } from './pairModel.ts';
import { predictionsView } from './predictionsView.ts';
import { readout } from './readout.ts';
import { toolsView } from './toolsView.ts';

/** One probe closely: both maps on one scale, their difference, what both predict, and the maps in numbers. */
export function pairView(state: ComparisonState, flow: Flow): TemplateResult | typeof nothing {
  const { subject, both } = state;
  const path = currentImage(state);
  if (!subject || path === undefined) return nothing;
  const image = both.value;
  return html`<section class="pair" aria-label="Both maps" aria-busy=${both.loading} data-testid="pair" data-image=${image ? path : ''}>
    ${headView(state, subject, path, flow)} ${toolsView(state, subject, flow)}
    ${both.error ? errorView(both.error, { retry: () => flow.retry(), showLog: () => flow.showLog() }) : bodyView(state, subject, image, flow)}
  </section>`;
}

function headView(state: ComparisonState, { from, to }: ComparisonSubject, path: string, flow: Flow): TemplateResult {
  const row = probes(state).rows.find((each) => each.path === path);
  const open = (checkpoint: string, name: string, gone: boolean) =>
    gone
      ? nothing
      : html`<button class="link" data-testid="open-${name}" @click=${() => flow.openImage(checkpoint, path)}>Explain with ${name}</button>`;
  return html`<div class="pair-head">
    <h2 class="pair-name" data-testid="pair-name" title=${path}>${row?.name ?? ''}</h2>
    ${row?.truth === undefined ? nothing : html`<span class="small">true class <strong>${row.truth}</strong></span>`}
    <span class="pair-open small">${open(from.id, from.name, from.gone)} ${open(to.id, to.name, to.gone)}</span>
  </div>`;
}

function bodyView(state: ComparisonState, subject: ComparisonSubject, image: ComparedImage | undefined, flow: Flow): TemplateResult {
  const model = pairModel({ from: image?.from.map, to: image?.to.map }, state.choices.measure);
  return html`${arranged(state, subject, image, model, flow)}
    ${readout(state, model)}
    ${legendView({ ...model, unit: (model.maps.to ?? model.maps.from)?.unit }, subject)}
    ${image ? html`<div class="pair-numbers">${predictionsView(image, subject, flow)} ${measuresView(subject, image, model)}</div>` : nothing}`;
}
