import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';
import { drawPicture } from '../../draw/drawPicture.ts';
import { broughtIntoView } from '../../ui/broughtIntoView.ts';
import { moveFocus } from '../../ui/focus.ts';
import { icon } from '../../ui/icons.ts';
import { painted } from '../../ui/painted.ts';
import type { Flow } from '../flow.ts';
import { currentImage, probes } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import type { Change, ProbeRow } from './probes.ts';
import { correlationText, rowText, saysText } from './probeText.ts';

/** CSS pixels, and of its drawing. */
export const thumbSide = 44;

const headings: Readonly<Record<Change, string>> = { wrong: 'Became wrong', right: 'Became right', none: 'Others, most moved first' };

/** The probes: what became wrong, what became right, then what moved most. */
export function probeList(state: ComparisonState, flow: Flow): TemplateResult {
  const { rows } = probes(state);
  const chosen = currentImage(state);
  const onKey = (event: KeyboardEvent) => {
    const items = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=option]')];
    const item = moveFocus(event, items);
    if (!item) return;
    event.preventDefault();
    item.click();
  };
  const changes = (['wrong', 'right', 'none'] as const).filter((change) => rows.some((row) => row.change === change));
  const isSorted = changes.length > 1 || changes[0] !== 'none';
  return html`<div class="probe-list" role="listbox" aria-label="Probes" data-testid="probe-list" @keydown=${onKey}>
    ${changes.map((change) => {
      const of = rows.filter((row) => row.change === change);
      const heading = isSorted ? `${headings[change]} (${of.length})` : 'Most moved first';
      return html`<div class="probe-group" role="group" aria-label=${heading} data-testid="probes-${change}">
        <p class="probe-heading ${change}" aria-hidden="true">${heading}</p>
        <div class="probe-items">${repeat(
          of,
          ({ path }) => path,
          (row) => item(row, row.path === chosen, state, flow),
        )}</div>
      </div>`;
    })}
  </div>`;
}

function item(row: ProbeRow, isChosen: boolean, { subject }: ComparisonState, flow: Flow): TemplateResult {
  return html`<div
    class=${classMap({ 'probe-item': true, selected: isChosen })}
    role="option"
    aria-selected=${isChosen}
    aria-label=${subject ? rowText(row, subject) : row.name}
    title=${row.path}
    tabindex=${isChosen ? 0 : -1}
    data-testid="probe"
    data-path=${row.path}
    @click=${() => flow.chooseImage(row.path)}
    ${isChosen ? broughtIntoView(row.path) : nothing}
  >
    ${thumb(flow.thumbs.get(row.path))}
    <span class="probe-words">
      <span class="probe-says">${mark(row.right.to)}<span class="probe-class">${saysText(row)}</span></span>
      <span class="small probe-numbers" title="Rank correlation of the two maps">ρ ${correlationText(row)}</span>
    </span>
  </div>`;
}

/** Right or wrong; nothing where that is not known. */
export function mark(right: boolean | undefined): TemplateResult | typeof nothing {
  if (right === undefined) return nothing;
  return html`<span class=${right ? 'mark-right' : 'mark-wrong'}>${icon(right ? 'check' : 'close')}</span>`;
}

/** A small picture; its room is taken before it is there. */
export function thumb(picture: RgbPixels | undefined): TemplateResult {
  const side = 2 * thumbSide;
  return html`<canvas
    class=${picture ? 'thumb' : 'thumb skeleton'}
    aria-hidden="true"
    ${painted({ width: side, height: side }, [picture], (context) => void (picture && drawPicture(context, picture)))}
  ></canvas>`;
}
