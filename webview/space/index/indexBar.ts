import { html, nothing, type TemplateResult } from 'lit';
import { describeError } from '../../../src/shared/errors.ts';
import { secondsLeft } from '../../draw/format.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';

/** How much of the data set is indexed, what is missing, and what can be done about it. */
export function indexBar(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { state: known, indexing, error } = state.index;
  const failed = error ?? (indexing?.state === 'failed' ? indexing.error : undefined);
  if (failed) return errorView(failed, { retry: () => (error ? flow.index.retry() : flow.index.start()), showLog: () => flow.showLog() });
  if (!known) return html`<p class="skeleton line short" data-testid="index-skeleton"></p>`;
  if (known.images === 0) return noImages(flow);
  if (indexing?.state === 'running' || indexing?.state === 'paused') return progress(state, flow);
  const missing = known.images - known.indexed - known.unreadable;
  return html`<div class="index-bar" data-testid="index-bar" data-state="idle">
    <span data-testid="index-text">${missing === 0 ? `${number(known.indexed)} of ${number(known.images)} pictures indexed` : offer(known.indexed, missing)}</span>
    ${missing === 0 ? nothing : button({ testid: 'index-start', label: known.indexed === 0 ? `Index ${number(missing)} pictures` : 'Continue', appearance: 'primary', onClick: () => flow.index.start() })}
    ${skipped(state)}
  </div>`;
}

function offer(indexed: number, missing: number): string {
  return indexed === 0
    ? 'Each picture goes through the network once; its features are kept.'
    : `${number(indexed)} pictures indexed, ${number(missing)} not yet`;
}

function noImages(flow: Flow): TemplateResult {
  const choose = () => void flow.ask((generation) => flow.client.call('chooseDataset', { generation }));
  return html`<div class="empty" data-testid="no-images">
    <p>There are no pictures to look at: the feature space is that of a folder of images.</p>
    <div class="buttons">${button({ testid: 'choose-dataset', label: 'Choose a folder…', appearance: 'primary', onClick: choose })}</div>
  </div>`;
}

function progress({ index }: SpaceState, flow: Flow): TemplateResult {
  const { indexing } = index;
  if (!indexing) return html``;
  const { done, total, secondsLeft: left } = indexing;
  const paused = indexing.state === 'paused';
  const share = total > 0 ? done / total : 0;
  const rest = paused || left === undefined ? '' : ` · ${secondsLeft(left)}`;
  return html`<div class="index-bar" data-testid="index-bar" data-state=${indexing.state}>
    <span>${paused ? 'Paused' : 'Indexing'}</span>
    <span class="progress-bar" role="progressbar" aria-label="Pictures indexed" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(100 * share)}
      ><span ${vars({ '--done': String(share) })}></span></span>
    <span class="progress-text" data-testid="index-text">${total > 0 ? `${number(done)} of ${number(total)}${rest}` : 'looking at the files'}</span>
    ${
      paused
        ? button({ testid: 'index-resume', label: 'Resume', onClick: () => flow.index.start() })
        : button({ testid: 'index-pause', label: 'Pause', onClick: () => flow.index.pause() })
    }
    ${button({ testid: 'index-cancel', label: 'Cancel', onClick: () => flow.index.cancel() })}
  </div>`;
}

/** Pictures that could not be read: how many, and which. */
function skipped({ index: { state, indexing } }: SpaceState): TemplateResult | typeof nothing {
  const count = Math.max(state?.unreadable ?? 0, indexing?.skippedCount ?? 0);
  if (count === 0) return nothing;
  const listed = indexing?.skipped ?? [];
  const text = `${number(count)} could not be read`;
  if (listed.length === 0) return html`<span class="small" data-testid="index-skipped">${text}</span>`;
  return html`<details class="index-skipped" data-testid="index-skipped">
    <summary>${icon('warning')} ${text}</summary>
    <ul>
      ${listed.map(({ image, error }) => html`<li title=${image.path}><strong>${image.name}</strong>: ${describeError(error)}</li>`)}
      ${listed.length < count ? html`<li>and ${number(count - listed.length)} more</li>` : nothing}
    </ul>
  </details>`;
}

function number(value: number): string {
  return value.toLocaleString('en');
}
