import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { counted, number, shareText } from '../../confusion/text.ts';
import { css } from '../../draw/classColours.ts';
import { pointPath } from '../../draw/pointShapes.ts';
import { iconButton } from '../../ui/button.ts';
import { segments } from '../../ui/segments.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { usualWhole } from './choices.ts';
import { rowOf } from './columns.ts';
import { historyView } from './historyView.ts';
import { type Mark, marksOf } from './mapMarks.ts';
import { picture, pictureActions } from './pictureList.ts';
import type { Sight } from './selectors.ts';
import { ckaText, nameOf, saidText } from './text.ts';

export function mapGist({ now }: Sight): string {
  return now.whole.positions ? `t-SNE of ${now.whole.layer}` : 'too few pictures';
}

/** Where the pictures lie in the feature space, moving with the slider. */
export function runMapView(state: PageState, flow: Flow, sight: Sight): TemplateResult {
  const { whole, checkpoint } = sight.now;
  if (!whole.positions) return html`<p>There are too few pictures for a map at ${checkpoint.name}.</p>`;
  const { colour } = state.choices.whole ?? usualWhole;
  const { surface } = flow.whole;
  const { focus } = state.whole;
  const row = focus && rowOf(whole, focus.image);
  surface.element.setAttribute(
    'aria-label',
    `Map of ${counted(whole.images.length, 'picture', 'pictures')} at ${checkpoint.name}. Arrow keys go from picture to picture, Enter explains, plus and minus zoom, Escape leaves. ${row === undefined ? '' : `${nameOf(whole.images[row] ?? '')}: ${saidText(whole, row)}`}`,
  );
  return html`<div class="whole-tools">
      ${segments({
        testid: 'run-map-colour',
        label: 'Colour of the points',
        value: colour,
        options: [
          { id: 'label', label: 'Label' },
          { id: 'predicted', label: 'Predicted' },
          { id: 'wrong', label: 'Wrong', about: 'Wrong ones stand out' },
        ],
        onChange: (id) => flow.whole.choose({ colour: id }),
      })}
      <span class="run-map-zoom">
        ${iconButton({ testid: 'run-map-closer', label: 'Zoom in (+, or Ctrl and wheel)', icon: 'plus', onClick: () => surface.zoom(1.5) })}
        ${iconButton({ testid: 'run-map-farther', label: 'Zoom out (−)', icon: 'minus', onClick: () => surface.zoom(1 / 1.5) })}
        ${iconButton({ testid: 'run-map-fit', label: 'Show all (0)', icon: 'fit', onClick: () => surface.fit() })}
      </span>
    </div>
    <div class="run-map">${surface.element} ${hoverView(state, flow, sight)}</div>
    ${legend(state, flow, sight)}
    ${focus?.from === 'map' && row !== undefined ? focusCard(state, flow, sight, row) : html`<p class="small" data-testid="run-map-hint">A point’s or a class’s way over the run shows when it is chosen.</p>`}
    ${aboutView(sight)}`;
}

/** What the point under the pointer is. */
function hoverView(state: PageState, flow: Flow, { now }: Sight): TemplateResult | typeof nothing {
  const { hover } = state.whole;
  const image = hover && now.whole.images[hover.row];
  if (!hover || image === undefined) return nothing;
  const { width, height } = flow.whole.surface.size;
  const side = hover.at.x > width / 2 ? { right: `${width - hover.at.x + 12}px` } : { left: `${hover.at.x + 12}px` };
  const end = hover.at.y > height / 2 ? { bottom: `${height - hover.at.y + 8}px` } : { top: `${hover.at.y + 8}px` };
  const room = Math.max(110, Math.min(220, Math.max(hover.at.x, width - hover.at.x) - 16));
  return html`<div class="run-map-hover" data-testid="run-map-hover" ${vars({ ...side, ...end, 'max-width': `${room}px` })}>
    ${picture(state, flow, image)}
    <span class="set-words"><span class="set-name">${nameOf(image)}</span><span class="set-said">${saidText(now.whole, hover.row)}</span></span>
  </div>`;
}

/** Colours and shapes; a class shows its way when it is pressed. */
function legend(state: PageState, flow: Flow, { now }: Sight): TemplateResult {
  const { colour } = state.choices.whole ?? usualWhole;
  const { groups, wrong } = marksOf(now.whole, colour, state.whole.theme);
  const there = groups.filter(({ count }) => count > 0);
  return html`<ul class="run-map-legend" aria-label="Legend" data-testid="run-map-legend">
      ${there.map((group) => html`<li>${entry(state, flow, group)}</li>`)}
    </ul>
    ${wrong.includes(1) ? html`<p class="small">Ringed: seen as another class than the label.</p>` : nothing}`;
}

function entry(state: PageState, flow: Flow, { id, name, colour, shape, count }: Mark): TemplateResult {
  const isLit = state.whole.lit === id;
  const look = html`<svg class="run-map-key" viewBox="-7 -7 14 14" aria-hidden="true" ${vars({ '--colour': css(colour) })}><path d=${pointPath(shape, 4.6)} /></svg
    ><span class="run-map-name">${name}</span><span class="run-map-count">${number(count)}</span>`;
  return html`<button
    class=${classMap({ 'run-map-group': true, lit: isLit })}
    aria-pressed=${isLit}
    title=${id >= 0 ? `${name}: bring out its points and its way over the run` : `${name}: bring out its points`}
    data-testid="run-map-group"
    data-group=${id}
    @click=${() => flow.whole.light(id)}
  >
    ${look}
  </button>`;
}

function focusCard(state: PageState, flow: Flow, sight: Sight, row: number): TemplateResult {
  const { whole } = sight.now;
  const image = whole.images[row] ?? '';
  return html`<section class="run-map-focus" aria-label="Picture in focus" data-testid="run-map-focus" data-path=${image}>
    <div class="set-head">
      <span class="set-main">
        ${picture(state, flow, image)}
        <span class="set-words"><span class="set-name" title=${image}>${nameOf(image)}</span><span class="set-said">${saidText(whole, row)}</span></span>
      </span>
      ${pictureActions(state, flow, image)}
      ${iconButton({ testid: 'run-map-leave', label: 'Leave this picture (Escape)', icon: 'close', onClick: () => flow.whole.focus(undefined, 'map') })}
    </div>
    ${historyView(state, sight, row)}
  </section>`;
}

/** What the map is held to, what that costs, and what to look at besides. */
function aboutView({ all, now, before, drift }: Sight): TemplateResult {
  const { layer, alignedTo, kl, klFree } = now.whole;
  const like = all.find(({ whole }) => whole.version === alignedTo)?.checkpoint.name;
  const isMeasured = alignedTo !== undefined && !Number.isNaN(klFree);
  const price = Number.isNaN(kl)
    ? ''
    : isMeasured
      ? `: KL ${kl.toFixed(2)}, ${klFree.toFixed(2)} if it were free`
      : ` (KL ${kl.toFixed(2)})`;
  const held = alignedTo === undefined ? `laid out afresh${price}` : `held to the layout of ${like ?? 'another checkpoint'}${price}`;
  const least = drift?.cka.reduce((a, b) => (b.value < a.value ? b : a), drift.cka[0] ?? { layer: '', value: Number.NaN });
  return html`<p class="small" data-testid="run-map-about">
    t-SNE of ${layer}, ${held}. What moves on a map of two dimensions need not have moved in the network:
    ${
      drift && before
        ? html`since ${before.checkpoint.name} <b>${shareText(drift.overlap)}</b> of the 10 nearest neighbours stayed${least && !Number.isNaN(least.value) ? html`, least CKA <b>${ckaText(least.value)}</b> (${least.layer})` : nothing}.`
        : 'the drift below needs no map.'
    }
  </p>`;
}
