import { html, type TemplateResult } from 'lit';
import { classColour, css, distinct, themeOf } from '../../draw/classColours.ts';
import { nearestTo, nextTowards } from '../../draw/nearest.ts';
import { painted } from '../../ui/painted.ts';
import { vars } from '../../ui/vars.ts';
import type { Flow } from '../flow.ts';
import type { ComparisonState } from '../state.ts';
import { type MapsModel, mapSize, mapsModel } from './mapsModel.ts';
import { paintLit, paintPoints } from './paintPoints.ts';
import type { SetModel } from './setModel.ts';

/** How near to a point somebody has to point, pixels of the drawing. */
const reach = 30;

/** Both layouts on one fixed scale: a point that is lit is lit in both. */
export function mapsView(state: ComparisonState, model: SetModel, flow: Flow): TemplateResult {
  const maps = mapsModel(model);
  const { subject } = state;
  if (!maps || !subject)
    return html`<p class="small" data-testid="no-maps">There is no map of the feature space of both: ${why(model)}</p>`;
  const { to, from } = model;
  const aligned = to.alignedTo === from.version ? 'aligned to one another' : 'aligned from checkpoint to checkpoint';
  return html`<section class="set-maps" data-testid="maps">
    <h2 class="card-title">Feature space at ${to.layer}: t-SNE, ${aligned}, one scale; rings are wrong</h2>
    <div class="set-map-pair">
      ${(['from', 'to'] as const).map((side) => mapView(state, model, maps, side, subject[side].name, flow))}
    </div>
    ${legend(model)}
  </section>`;
}

function why({ from, to }: SetModel): string {
  if (!from.positions || !to.positions) return 'there are too few pictures.';
  return `one is of ${from.layer}, the other of ${to.layer}.`;
}

function mapView(state: ComparisonState, model: SetModel, maps: MapsModel, side: 'from' | 'to', name: string, flow: Flow): TemplateResult {
  const { lit } = state;
  const theme = themeOf(document.body);
  const look = `${theme.dark}${theme.ink}`;
  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    const [x, y] = [((event.clientX - box.left) / box.width) * mapSize.width, ((event.clientY - box.top) / box.height) * mapSize.height];
    const row = nearestTo(maps[side], maps.transform, { x, y }, reach);
    if (row !== undefined) flow.light(row);
  };
  const onKey = (event: KeyboardEvent) => {
    if (!event.key.startsWith('Arrow')) return;
    event.preventDefault();
    const next = lit === undefined ? maps[side].states.indexOf(0) : nextTowards(maps[side], lit, event.key);
    if (next !== undefined && next >= 0) flow.light(next);
  };
  const of = side === 'from' ? model.from : model.to;
  return html`<figure class="set-map">
    <figcaption><strong>${name}</strong></figcaption>
    <div class="set-map-stage" role="img" tabindex="0" aria-label="Map of the feature space of ${name}" data-testid="map-${side}" @pointermove=${point} @keydown=${onKey}>
      <canvas data-testid="map-${side}-points" ${painted(mapSize, [maps, side, look], (context) => paintPoints(context, maps, side, of, theme))}></canvas>
      <canvas class="set-map-lit" data-testid="map-${side}-lit" ${painted(mapSize, [maps, side, lit, look], (context) => paintLit(context, maps, side, lit, theme))}></canvas>
    </div>
  </figure>`;
}

function legend({ to }: SetModel): TemplateResult {
  const theme = themeOf(document.body);
  const shown = [...new Set(to.labels)].filter((label) => label >= 0).sort((a, b) => a - b);
  return html`<p class="set-legend small" data-testid="map-legend">
    ${shown
      .slice(0, distinct)
      .map(
        (label) =>
          html`<span class="set-class"><span class="set-colour" ${vars({ '--colour': css(classColour(label, theme)) })}></span>${to.classes[label]}</span>`,
      )}
    ${shown.length > distinct ? html`<span>and ${shown.length - distinct} more, in the same colours again</span>` : ''}
  </p>`;
}
