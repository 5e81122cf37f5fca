import { html, nothing, type TemplateResult } from 'lit';
import { errorView } from '../../page/errorView.ts';
import { button, iconButton } from '../../ui/button.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { count, pointLines } from './mapText.ts';
import { focusOnMap, tiesOf } from './selectors.ts';

/** The image in focus, what is near to it, and what can be done with it. */
export function focusView(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { shown } = state.map;
  const row = focusOnMap(state);
  if (!shown || row === undefined) return nothing;
  const path = shown.rows.paths[row] ?? '';
  const { name, label, said, mark } = pointLines(shown.rows, row);
  const url = flow.thumbs.get(path)?.url;
  const ask = (work: 'openImage' | 'revealImage') => void flow.ask((generation) => flow.client.call(work, { generation, image: path }));
  const copy = () => void flow.ask((generation) => flow.client.call('copyPaths', { generation, images: [path] }));
  return html`<section class="map-focus" aria-label="Picture in focus" data-testid="map-focus" data-path=${path}>
    <div class="map-focus-head">
      ${url ? html`<img class="map-thumb large" src=${url} alt="" />` : html`<span class="map-thumb large none"></span>`}
      <div class="map-focus-text">
        <strong class="map-name" title=${path}>${name}</strong><span>${label}</span><span>${said}</span>
        ${mark === 'wrong' ? html`<span class="map-wrong">The network says something else.</span>` : nothing}
      </div>
      ${iconButton({ testid: 'map-unfocus', label: 'Leave this picture (Escape)', icon: 'close', onClick: () => flow.focus(undefined) })}
    </div>
    ${nearLine(state, flow)}
    <div class="buttons">
      ${button({ testid: 'map-explain', label: 'Explain', appearance: 'primary', onClick: () => flow.map.explain(path) })}
      ${button({ testid: 'map-similar', label: 'Find similar', onClick: () => flow.findSimilar(path) })}
      ${button({ testid: 'map-reveal', label: 'Reveal', onClick: () => ask('revealImage') })}
      ${button({ testid: 'map-open', label: 'Open', onClick: () => ask('openImage') })}
      ${button({ testid: 'map-copy', label: 'Copy path', onClick: copy })}
    </div>
  </section>`;
}

/** `6 of its 10 nearest neighbours are near it on the map` */
function nearLine(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { near, shown } = state.map;
  if (near.error)
    return near.error.code === 'stale' && state.rows.loading
      ? nothing
      : errorView(near.error, { retry: () => flow.map.retryNear(), showLog: () => flow.showLog() });
  const ties = tiesOf(state);
  if (ties.length === 0) return near.loading ? html`<p class="skeleton line" data-testid="map-near-skeleton"></p>` : nothing;
  const close = ties.filter((tie) => tie.near).length;
  const closest = count(Math.max(10, Math.round((shown?.rows.count ?? 0) / 100)));
  return html`<p
    class="small"
    data-testid="map-near"
    title=${`Near: among the ${closest} closest on the map. Lines lead to all of them, dashed ones to those that the map puts elsewhere.`}
  >
    ${close} of its ${ties.length} nearest neighbours ${close === 1 ? 'is' : 'are'} near it on the map
  </p>`;
}
