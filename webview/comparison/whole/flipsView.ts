import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { drawPicture } from '../../draw/drawPicture.ts';
import { moveFocus } from '../../ui/focus.ts';
import { paintedInView } from '../../ui/paintedInView.ts';
import type { Flow } from '../flow.ts';
import { nameOf } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import type { SetModel } from './setModel.ts';

/** More are not looked at one by one. */
const most = 60;

/** What became wrong and what became right. */
export function flipsView(state: ComparisonState, model: SetModel, flow: Flow): TemplateResult {
  return html`<div class="set-flips">
    ${list('wrong', 'Became wrong', model.flips.becameWrong, state, model, flow)} ${list('right', 'Became right', model.flips.becameRight, state, model, flow)}
  </div>`;
}

function list(id: string, title: string, rows: readonly number[], state: ComparisonState, model: SetModel, flow: Flow): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const tiles = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=option]')];
    if (moveFocus(event, tiles)) event.preventDefault();
  };
  const heading = `${title} (${rows.length})`;
  return html`<section data-testid="set-${id}">
    <h2 class="card-title">${heading}${rows.length > most ? html`, the surest ${most}` : nothing}</h2>
    ${
      rows.length === 0
        ? html`<p class="small">None.</p>`
        : html`<div class="flip-tiles" role="listbox" aria-label=${heading} @keydown=${onKey}>${rows.slice(0, most).map((row, i) => tile(row, i, state, model, flow))}</div>`
    }
  </section>`;
}

function tile(row: number, at: number, { lit }: ComparisonState, { from, to }: SetModel, flow: Flow): TemplateResult {
  const path = to.images[row] as string;
  const picture = flow.thumbs.get(path);
  const name = (index: number | undefined) => to.classes[index ?? -1] ?? '–';
  const label = name(to.labels[row]);
  const says = `${name(from.predicted[row])} → ${name(to.predicted[row])}`;
  return html`<div
    class=${classMap({ 'flip-tile': true, selected: lit === row })}
    role="option"
    aria-selected=${lit === row}
    aria-label="${nameOf(path)}, true class ${label}: ${says}"
    title=${path}
    tabindex=${at === 0 || lit === row ? 0 : -1}
    data-testid="flip"
    @pointerenter=${() => flow.light(row)}
    @focus=${() => flow.light(row)}
    @click=${() => flow.light(row)}
  >
    <canvas
      class=${picture ? 'thumb' : 'thumb skeleton'}
      aria-hidden="true"
      ${paintedInView({ width: 96, height: 96 }, [picture], (context) => void (picture && drawPicture(context, picture)))}
    ></canvas>
    <span class="small flip-says">${says}</span>
  </div>`;
}
