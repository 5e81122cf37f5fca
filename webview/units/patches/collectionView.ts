import { html, nothing, type TemplateResult } from 'lit';
import { describeError } from '../../../src/shared/errors.ts';
import { secondsLeft } from '../../draw/format.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { collectedLayer } from './selectors.ts';
import { pictures } from './toolsView.ts';

/** What is collected, from which pictures, what is missing, and what can be done about it. */
export function collectionView(state: UnitsState, flow: Flow): TemplateResult {
  const { patches, subject } = state;
  if ((subject?.dataset?.images.length ?? 0) === 0 && !collectedLayer(state)) return noImages(flow);
  const { collection, collecting, collectFailure } = patches;
  if (collection.error) return errorView(collection.error, { retry: () => flow.patches.retryCollection(), showLog: () => flow.showLog() });
  return html`${collectFailure ? errorView(collectFailure, { retry: () => flow.patches.collect(), showLog: () => flow.showLog() }) : nothing}
    ${collecting ? progressView(state, flow) : collection.value ? restingView(state, flow) : html`<p class="skeleton line short" data-testid="collection-skeleton"></p>`}
    ${skippedView(state)}`;
}

function noImages(flow: Flow): TemplateResult {
  return html`<div class="empty" data-testid="no-images">
    <p>There are no pictures to look at: the patches come from a folder of images.</p>
    <div class="buttons">${button({ testid: 'choose-dataset', label: 'Choose a folder…', appearance: 'primary', onClick: () => chooseDataset(flow) })}</div>
  </div>`;
}

function chooseDataset(flow: Flow): void {
  void flow.ask((generation) => flow.client.call('chooseDataset', { generation }));
}

function restingView(state: UnitsState, flow: Flow): TemplateResult {
  return collectedLayer(state) ? collectedView(state, flow) : offerView(state, flow);
}

/** Nothing is collected of this layer: what would be, and from what. */
function offerView(state: UnitsState, flow: Flow): TemplateResult {
  const layer = currentLayer(state);
  const dataset = state.subject?.dataset;
  const images = dataset?.images.length ?? 0;
  return html`<div class="empty" data-testid="collect-offer">
    <p>For each of the ${layer?.units ?? 0} units of <span class="offer-layer">${layer?.name}</span>: the places in your pictures that excite it most.</p>
    <p class="small">Data set: <strong>${dataset?.label}</strong>, ${pictures(images)}${dataset?.capped ? ' of more, from all folders' : ''}. Each is run through the network once; what is found is kept, and new pictures can be added later.</p>
    <div class="buttons">
      ${button({ testid: 'collect', label: `Collect from ${images} ${images === 1 ? 'image' : 'images'}`, appearance: 'primary', onClick: () => flow.patches.collect() })}
      ${others(flow)}
      ${button({ testid: 'choose-dataset', label: 'Another folder…', onClick: () => chooseDataset(flow) })}
    </div>
  </div>`;
}

function others(flow: Flow): TemplateResult {
  return button({ testid: 'collect-others', label: 'Also other layers…', onClick: () => void flow.patches.collectOthers() });
}

function progressView(state: UnitsState, flow: Flow): TemplateResult {
  const { collecting } = state.patches;
  const progress = collecting?.progress;
  const share = progress && progress.total > 0 ? progress.done / progress.total : 0;
  const layers = collecting?.layers ?? [];
  const of = layers.length === 1 ? layers[0] : `${layers.length} layers`;
  const left = progress?.secondsLeft === undefined ? '' : ` · ${secondsLeft(progress.secondsLeft)}`;
  return html`<div class="collecting" data-testid="collecting">
    <span>Collecting ${of}</span>
    <span class="progress-bar" role="progressbar" aria-label="Pictures looked at" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(100 * share)}
      ><span ${vars({ '--done': String(share) })}></span></span>
    <span class="progress-text" data-testid="collect-progress">${progress ? `${progress.done} of ${progress.total}${left}` : 'starting'}</span>
    ${button({ testid: 'collect-cancel', label: 'Cancel', onClick: () => flow.patches.stop() })}
    <span class="small">What is collected stays.${collectedLayer(state) ? nothing : ' The first patches are on their way.'}</span>
  </div>`;
}

function collectedView(state: UnitsState, flow: Flow): TemplateResult {
  const label = state.subject?.dataset?.label;
  return html`<div class="collected" data-testid="collected">
      <span>Collected from ${pictures(collectedLayer(state)?.images ?? 0)}${label === undefined ? '' : ` of ${label}`}.</span>
      ${newsLine(state, flow)}
      <span class="collected-tools">${others(flow)} ${forgetButton(state, flow)}</span>
    </div>
    ${state.patches.forgetting === 'asked' ? forgetQuestion(state, flow) : nothing}`;
}

/** Pictures that are new, were not reached, or are gone. */
function newsLine(state: UnitsState, flow: Flow): TemplateResult | typeof nothing {
  const { value, loading } = state.patches.collection;
  const { missing = 0, gone = 0 } = value ?? {};
  // What was missing a moment ago may have been collected since.
  if (loading || (missing === 0 && gone === 0)) return nothing;
  const parts = [
    missing === 0
      ? ''
      : state.patches.stopped
        ? `${pictures(missing)} not looked at yet`
        : `${missing} new ${missing === 1 ? 'picture' : 'pictures'} since`,
    gone === 0 ? '' : `${pictures(gone)} changed or gone`,
  ];
  return html`<span data-testid="collect-news">${parts.filter((part) => part !== '').join(', ')}:
    <button class="link" data-testid="collect-update" @click=${() => flow.patches.collect()}>${state.patches.stopped ? 'continue' : 'update'}</button></span>`;
}

function skippedView({ patches }: UnitsState): TemplateResult | typeof nothing {
  const { skipped } = patches;
  if (skipped.length === 0) return nothing;
  return html`<details class="skipped" data-testid="skipped">
    <summary>${icon('warning')} ${pictures(skipped.length)} could not be read and ${skipped.length === 1 ? 'was' : 'were'} left out</summary>
    <ul>${skipped.map(({ image, error }) => html`<li><span class="path">${image.name}</span> ${describeError(error)}</li>`)}</ul>
  </details>`;
}

function forgetButton({ patches }: UnitsState, flow: Flow): TemplateResult {
  return button({
    testid: 'forget',
    label: `Delete what is collected (${size(patches.collection.value?.bytes ?? 0)})…`,
    disabled: patches.forgetting === 'running',
    onClick: () => flow.patches.askForget(true),
  });
}

/** Asked inside the page: nothing else has to wait for the answer. */
function forgetQuestion(state: UnitsState, flow: Flow): TemplateResult {
  const { layers = [], bytes = 0 } = state.patches.collection.value ?? {};
  const all = layers.length === 1 ? 'its one layer' : `all ${layers.length} layers`;
  return html`<div class="forget-question" role="group" aria-label="Delete what is collected" data-testid="forget-question">
    <p>Delete what is collected? Your pictures and the model stay as they are; collecting again takes as long as the first time.</p>
    <div class="buttons">
      ${button({ testid: 'forget-layer', label: 'Of this layer', onClick: () => void flow.patches.forget('layer') })}
      ${button({ testid: 'forget-model', label: `Of ${all} (${size(bytes)})`, onClick: () => void flow.patches.forget('model') })}
      ${button({ testid: 'forget-keep', label: 'Keep', onClick: () => flow.patches.askForget(false) })}
    </div>
  </div>`;
}

/** Decimal, as file managers count. */
function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} kB`;
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
