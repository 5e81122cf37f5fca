import { html, nothing, type TemplateResult } from 'lit';
import type { Checkpoint } from '../../../src/shared/trainingProtocol.ts';
import { icon } from '../../ui/icons.ts';
import type { Flow } from '../flow.ts';

/** More are told of on demand. */
const first = 2;

/** Checkpoints that could not be read: name, cause, next step. */
export function failedView(checkpoints: readonly Checkpoint[], flow: Flow): TemplateResult | typeof nothing {
  // The newest first.
  const failed = checkpoints.filter(({ reading }) => reading.state === 'failed').reverse();
  if (failed.length === 0) return nothing;
  const rest = failed.slice(first);
  return html`<div class="failed" data-testid="failed-checkpoints">
    ${failed.slice(0, first).map((each) => line(each, flow))}
    ${rest.length > 0 ? html`<details><summary class="small">${rest.length} more could not be read</summary>${rest.map((each) => line(each, flow))}</details>` : nothing}
  </div>`;
}

function line({ id, name, reading }: Checkpoint, flow: Flow): TemplateResult | typeof nothing {
  if (reading.state !== 'failed') return nothing;
  const { message, hint } = reading.error;
  return html`<p class="failed-line" data-testid="failed-checkpoint">
    ${icon('error')}<span><strong>${name}</strong>: ${message} ${hint ?? ''}
      <button class="link" data-testid="retry-checkpoint" aria-label="Retry ${name}" @click=${() => void flow.ask(() => flow.client.call('retry', { checkpoint: id }))}>Retry</button></span>
  </p>`;
}
