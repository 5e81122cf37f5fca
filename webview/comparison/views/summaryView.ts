import { html, nothing, type TemplateResult } from 'lit';
import type { Drift, WholeSet } from '../../../src/shared/trainingProtocol.ts';
import { number } from '../../draw/format.ts';
import { errorView } from '../../page/errorView.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { probes } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { changeText, flipsText, rightText, shareText, signedText } from './summaryText.ts';

/** What changed, in numbers. */
export function summaryView(state: ComparisonState, flow: Flow): TemplateResult {
  return html`<section class="comparison-summary" aria-label="What changed" data-testid="summary">
    ${probesPart(state)} ${setPart(state)} ${driftPart(state, flow)}
  </section>`;
}

function probesPart(state: ComparisonState): TemplateResult | typeof nothing {
  const { frames } = state.results;
  if (!frames.from || !frames.to) return nothing;
  const all = probes(state);
  const right = rightText(all);
  return html`<div class="comparison-fact" data-testid="summary-probes">
    <h2 class="card-title">Probes</h2>
    ${
      right === undefined
        ? html`<p>${frames.to.scored ? 'No true class is known of them.' : 'The outputs are no class scores: nothing is right or wrong.'}</p>`
        : html`<p class="comparison-figure">${right}</p><p class="small">${flipsText(all)}</p>`
    }
  </div>`;
}

function setPart({ results: { wholes }, subject }: ComparisonState): TemplateResult | typeof nothing {
  const { from, to } = wholes;
  if (!from || !to) {
    const missing = [from ? [] : [subject?.from.name], to ? [] : [subject?.to.name]].flat();
    return from || to
      ? html`<div class="comparison-fact" data-testid="summary-set"><h2 class="card-title">Data set</h2><p class="small">Not evaluated at ${missing.join(' and ')} yet.</p></div>`
      : nothing;
  }
  return html`<div class="comparison-fact" data-testid="summary-set">
    <h2 class="card-title">Data set, ${to.images.length} pictures</h2>
    ${Number.isNaN(to.accuracy) && Number.isNaN(from.accuracy) ? html`<p class="small">No true class is known.</p>` : accuracyLine(from, to)}
  </div>`;
}

function accuracyLine(from: WholeSet, to: WholeSet): TemplateResult {
  return html`<p class="comparison-figure">${changeText(from.accuracy, to.accuracy)} right</p>
    ${
      Number.isNaN(from.loss) || Number.isNaN(to.loss)
        ? nothing
        : html`<p class="small">loss ${number(from.loss)} → ${number(to.loss)} nats (${signedText(to.loss - from.loss)})</p>`
    }`;
}

function driftPart({ drift: { value, error, loading } }: ComparisonState, flow: Flow): TemplateResult | typeof nothing {
  if (error) return html`<div class="comparison-fact" data-testid="drift">${errorView(error, { retry: () => flow.retry() })}</div>`;
  if (value) return driftView(value);
  return loading ? html`<div class="comparison-fact" data-testid="drift"><span class="skeleton line"></span></div>` : nothing;
}

function driftView({ overlap, cka, images }: Drift): TemplateResult {
  const about =
    'Share of the 10 nearest neighbours that stay the same, and linear CKA of each layer (1: the same up to rotation and scale)';
  return html`<div class="comparison-fact comparison-drift" data-testid="drift" title=${about}>
    <h2 class="card-title">Drift, no projection${images > 0 ? `, ${images} pictures` : ''}</h2>
    <p class="small">10 nearest neighbours kept <strong data-testid="drift-overlap">${shareText(overlap)}</strong> · linear CKA by layer:</p>
    <div class="comparison-cka" role="list" aria-label="Linear CKA by layer" data-testid="cka">
      ${cka.map(({ layer, value }) => html`<div role="listitem">${bar(layer, value, 'cka-layer')}</div>`)}
    </div>
  </div>`;
}

function bar(label: string, value: number, testid: string): TemplateResult {
  const text = Number.isNaN(value) ? '–' : value.toFixed(2);
  return html`<p class="comparison-bar" data-testid=${testid}>
    <span class="comparison-bar-label" title=${label}>${label}</span>
    <span class="bar" aria-hidden="true"><span ${vars({ '--share': String(Math.max(0, Math.min(1, value || 0))) })}></span></span>
    <span class="comparison-bar-value">${text}</span>
  </p>`;
}
