import { html, nothing, type TemplateResult } from 'lit';
import type { PairExplanation, PairSide } from '../../../src/shared/spaceProtocol.ts';
import { number } from '../../draw/format.ts';
import { paintRamp } from '../../draw/ramp.ts';
import { errorView } from '../../page/errorView.ts';
import { broughtIntoView } from '../../ui/broughtIntoView.ts';
import { button, iconButton } from '../../ui/button.ts';
import { painted } from '../../ui/painted.ts';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';
import { nameOf } from './neighbourText.ts';
import { type PairScale, paintSide, pairScale } from './paintPair.ts';

/** Which regions of the query and one of its neighbours make the two alike. */
export function pairView(state: SpaceState, flow: Flow): TemplateResult | typeof nothing {
  const { pair: path } = state.choices.neighbours;
  if (path === undefined) return nothing;
  const { value, error, loading } = state.neighbours.pair;
  return html`<section class="pair card" data-testid="pair" aria-label="What makes them alike" aria-busy=${loading} ${broughtIntoView(path)}>
    <div class="pair-head">
      <h3>What makes them alike</h3>
      ${iconButton({ testid: 'close-pair', label: 'Close (Escape)', icon: 'close', onClick: () => flow.neighbours.compare(undefined) })}
    </div>
    ${error ? errorView(error, { retry: () => flow.neighbours.retry('pair'), showLog: () => flow.showLog() }) : value ? body(value, path, flow) : html`<p class="skeleton line" data-testid="pair-skeleton"></p>`}
  </section>`;
}

function body(pair: PairExplanation, path: string, flow: Flow): TemplateResult {
  const scale = pairScale(pair.sides);
  const { client } = flow;
  const images = pair.sides.map(({ image }) => image.path);
  const explain = () => void flow.ask((generation) => client.call('explainImages', { generation, images }));
  return html`<div class="pair-sides">${pair.sides.map((side) => sideView(side, scale))}</div>
    <div class="legend pair-legend" data-testid="pair-legend">
      <canvas
        class="legend-bar"
        role="img"
        aria-label="Colours from ${low(scale)} to ${number(scale.largest)}"
        ${painted({ width: 256, height: 1 }, [scale.colorMap], (context) => paintRamp(context, scale.colorMap))}
      ></canvas>
      <div class="legend-values">
        <span>${low(scale)}</span><span>${scale.signed ? '0' : ''}</span><span>${number(scale.largest)}</span>
      </div>
    </div>
    <p data-testid="pair-line"><strong>cos ${number(pair.cosine)}</strong> at ${pair.featureLayer} · each cell of ${pair.layer}: what it adds to the cosine
      ${pair.exact ? '' : html`· <span data-testid="pair-inexact">the regions add up to ${sums(pair)}, not to the cosine: what lies between the layers is not linear</span>`}</p>
    <p class="small">${pair.about}</p>
    <div class="buttons">
      ${button({ testid: 'pair-next', label: `Neighbours of ${nameOf(path)}`, onClick: () => flow.neighbours.goTo(path) })}
      ${button({ testid: 'pair-explain', label: 'Explain both', onClick: explain })}
    </div>`;
}

function sums({ sides }: PairExplanation): string {
  return sides.map(({ sum }) => number(sum)).join(' and ');
}

function low({ signed, largest }: PairScale): string {
  return signed ? number(-largest) : '0';
}

/** Pixels of the drawing: the edges of regions of a small input are smooth, too. */
const drawn = 384;

function sideView(side: PairSide, scale: PairScale): TemplateResult {
  const [height, width] = side.input;
  const factor = Math.max(1, Math.round(drawn / Math.max(width, height)));
  const size = { width: width * factor, height: height * factor };
  return html`<figure class="pair-side">
    <canvas
      class="pair-picture"
      role="img"
      aria-label="${side.image.name}: the regions that make it like the other one"
      data-testid="pair-picture"
      ${painted(size, [side, scale.largest, scale.colorMap], (context) => paintSide(context, side, scale))}
    ></canvas>
    <figcaption class="small" title=${side.image.path}>${side.image.name}</figcaption>
  </figure>`;
}
