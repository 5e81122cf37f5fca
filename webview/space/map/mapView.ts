import { html, nothing, type TemplateResult } from 'lit';
import type { Layout } from '../../../src/shared/spaceProtocol.ts';
import { aboutCard } from '../../page/aboutCard.ts';
import { errorView } from '../../page/errorView.ts';
import { paramFields } from '../../page/paramFields.ts';
import { button } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { focusView } from './focusView.ts';
import { legendView } from './legendView.ts';
import { count, pictures, pointLines, progressText, qualityOf, spokenPoint } from './mapText.ts';
import { currentMethod, currentRequest, focusOnMap, isAtRest, newsOf, sameRequest } from './selectors.ts';
import type { Shown } from './state.ts';
import { toolsView } from './toolsView.ts';

/** All images in the plane, those the network thinks alike together. */
export function mapView(state: SpaceState, flow: Flow): TemplateResult {
  const { shown, running } = state.map;
  const method = currentMethod(state);
  const there = shown !== undefined || running !== undefined;
  return html`<section class="map" aria-label="Map" data-testid="map" data-run=${running ? 'running' : shown?.layout ? 'done' : 'none'}>
    ${toolsView(state, flow)} ${trouble(state, flow)} ${offer(state, flow)}
    ${
      there
        ? html`<div class="map-body">
            <div class="map-main">
              <div class="map-stage">
                ${flow.map.surface.element} ${hoverCard(state, flow)}
                ${shown ? nothing : html`<p class="map-wait small" data-testid="map-wait">The first places are on their way.</p>`}
              </div>
              ${runLine(state, flow)} ${shown ? qualityLine(shown) : nothing}
            </div>
            <div class="map-side">${focusView(state, flow)} ${legendView(state, flow)}</div>
          </div>`
        : nothing
    }
    ${method ? setup(state, flow) : nothing}
    ${method ? aboutCard(method, { open: state.choices.map.about, onToggle: (about) => toggleAbout(state, flow, about), more: reading(method.id, shown?.layout) }) : nothing}
    <p class="visually-hidden" id="map-keys">
      Arrow keys go from picture to picture, Enter explains the one in focus, plus and minus zoom, 0 shows all, L takes up the lasso, Escape
      leaves.
    </p>
    <p class="visually-hidden" role="status" aria-live="polite" data-testid="map-status">${spoken(state)}</p>
  </section>`;
}

function spoken(state: SpaceState): string {
  const row = focusOnMap(state);
  const { shown, running } = state.map;
  if (shown && row !== undefined) return spokenPoint(shown.rows, row);
  if (running) return 'The map is being laid out.';
  return shown?.layout ? `The map of ${pictures(shown.rows.count)} is there.` : '';
}

function trouble({ map }: SpaceState, flow: Flow): TemplateResult {
  return html`${map.error ? errorView(map.error, { retry: () => void flow.map.start(), showLog: () => flow.showLog() }) : nothing}
  ${
    flow.map.surface.accelerated
      ? nothing
      : html`<p class="small" data-testid="map-plain">${icon('info')} This editor has no WebGL 2: the map is drawn without the graphics card, which is slow with many pictures.</p>`
  }`;
}

/** Nothing is laid out, or what is laid out is not all there is. */
function offer(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { rows, index, map } = state;
  const total = rows.value?.count ?? 0;
  // What is not known yet is known in a moment.
  if (map.running || map.error || total === 0 || rows.loading || (!index.indexing && !index.error)) return nothing;
  const start = () => void flow.map.start();
  if (!map.shown) {
    const label = isAtRest(state) ? `Lay out ${pictures(total)}` : `Lay out the ${count(total)} that are there`;
    const comes = index.indexing?.state === 'running' ? 'The map comes when all pictures are indexed.' : 'Nothing is laid out yet.';
    return html`<div class="map-offer" data-testid="map-offer">
      <span>${comes}</span>
      ${button({ testid: 'map-start', label, appearance: 'primary', onClick: start })}
    </div>`;
  }
  const news = newsOf(state);
  if (!news) return nothing;
  const { more, gone } = news;
  const what = [more > 0 ? `${count(more)} new ${more === 1 ? 'picture' : 'pictures'}` : '', gone > 0 ? `${count(gone)} gone` : ''];
  const text = what.filter((part) => part !== '').join(', ');
  return html`<p class="map-news" data-testid="map-news">
    ${text === '' ? 'Features or labels are others since' : text}: <button class="link" data-testid="map-renew" @click=${start}>lay out again</button>
  </p>`;
}

function runLine({ map: { running } }: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  if (!running) return nothing;
  const { iteration = 0, iterations = 0 } = running.frame ?? {};
  const share = iterations > 0 ? iteration / iterations : 0;
  return html`<div class="map-run" data-testid="map-run">
    <span class="progress-bar" role="progressbar" aria-label="Layout" aria-valuemin="0" aria-valuemax="100" aria-valuenow=${Math.floor(100 * share)}
      ><span ${vars({ '--done': String(share) })}></span></span>
    <span class="progress-text" data-testid="map-progress">${progressText(running)}</span>
    ${button({ testid: 'map-stop', label: 'Stop', disabled: running.stopping, onClick: () => void flow.map.stop() })}
  </div>`;
}

/** How far the map can be trusted: each number with what it means as its tooltip. */
function qualityLine({ layout }: Shown): TemplateResult | typeof nothing {
  if (!layout) return nothing;
  return html`<ul class="map-quality small" data-testid="map-quality" aria-label="Quality of the map">
      ${qualityOf(layout).map(({ id, text, about }) => html`<li title=${about} data-testid="map-${id}">${text}</li>`)}
    </ul>
    ${layout.remark === undefined ? nothing : html`<p class="map-remark small" data-testid="map-remark">${icon('info')}<span>${layout.remark}</span></p>`}`;
}

function hoverCard({ map: { hover, shown }, choices }: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const path = hover && shown?.rows.paths[hover.row];
  // What is in focus has a card of its own.
  if (!hover || !shown || path === undefined || path === choices.focus) return nothing;
  const { row, at } = hover;
  const { name, label, said, mark } = pointLines(shown.rows, row);
  const url = flow.thumbs.get(path)?.url;
  const { clientWidth, clientHeight } = flow.map.surface.element;
  const sides = `${at.x > clientWidth / 2 ? 'left' : 'right'} ${at.y > clientHeight / 2 ? 'above' : 'below'}`;
  return html`<div
    class="map-hover ${sides}"
    data-testid="map-hover"
    data-path=${path}
    ${vars({ '--x': `${at.x}px`, '--y': `${at.y}px` })}
  >
    ${url ? html`<img class="map-thumb" src=${url} alt="" />` : html`<span class="map-thumb none"></span>`}
    <div class="map-hover-text">
      <strong class="map-name">${name}</strong><span>${label}</span><span>${said}${mark === 'wrong' ? ' · wrong' : ''}</span>
      <span class="small">click: its neighbours</span>
    </div>
  </div>`;
}

function setup(state: SpaceState, flow: Flow): TemplateResult {
  const method = currentMethod(state);
  const { choices, map, rows } = state;
  if (!method) return html``;
  const { shown, running } = map;
  const same = sameRequest(currentRequest(state), running?.request ?? shown?.request) && (running ?? shown?.layout) !== undefined;
  const old = shown !== undefined && shown.rows.revision !== rows.value?.revision;
  return html`<details class="map-setup" data-testid="map-setup" ?open=${choices.map.setup} @toggle=${(event: Event) => toggleSetup(state, flow, event)}>
    <summary class="card-title">${icon('chevron')}Parameters of ${method.label}</summary>
    <div class="map-params">
      ${
        method.params.length === 0
          ? html`<p class="small">${method.label} has none.</p>`
          : paramFields({
              label: method.label,
              params: method.params,
              chosen: choices.map.params[method.id] ?? {},
              used: shown?.request.method === method.id ? shown.layout?.params : undefined,
              onChange: (id, value) => flow.map.chooseParam(id, value),
              onReset: () => flow.map.resetParams(),
            })
      }
      <div class="buttons">
        ${button({ testid: 'map-again', label: 'Run again', icon: 'play', disabled: same && !old && !shown?.layout?.stopped, onClick: () => void flow.map.start() })}
      </div>
    </div>
  </details>`;
}

/** The parts tell of their being drawn open, too. */
function toggleSetup({ choices }: SpaceState, { map }: Flow, event: Event): void {
  const setup = (event.target as HTMLDetailsElement).open;
  if (choices.map.setup !== setup) map.choose({ setup });
}

function toggleAbout({ choices }: SpaceState, { map }: Flow, about: boolean): void {
  if (choices.map.about !== about) map.choose({ about });
}

/** How such a map is read, and what the numbers under it mean: also for those who cannot point at them. */
function reading(method: string, layout: Layout | undefined): TemplateResult {
  const rest =
    method === 'pca'
      ? 'Distances are true as far as the two axes go; what lies on top of one another may be far apart in the other directions.'
      : 'Pictures side by side are alike to the network. How far apart two groups lie, how large and how dense they are says little, and neither axis has a meaning. A picture inside another class’s group is worth a look: click it.';
  const numbers = layout?.method === method ? qualityOf(layout).filter(({ id }) => id !== 'time') : [];
  return html`<p data-testid="map-reading"><strong>How to read it.</strong> ${rest}</p>
    ${numbers.length === 0 ? nothing : html`<dl class="map-numbers">${numbers.map(({ text, about }) => html`<dt>${text}</dt><dd>${about}</dd>`)}</dl>`}`;
}
