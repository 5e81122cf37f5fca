import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Neighbour, Neighbourhood, NeighbourSpace, SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { number } from '../../draw/format.ts';
import { icon } from '../../ui/icons.ts';
import { neighbour as nextTo } from '../../ui/neighbour.ts';
import type { Flow } from '../flow.ts';
import { agreementText, isOther, nameOf, rowText } from './neighbourText.ts';

export interface ListOptions {
  space: NeighbourSpace;
  title: string;
  about: string;
  rows: SpaceRows;
  found: Neighbourhood;
  /** Path of the one that is compared with the query. */
  pair: string | undefined;
}

/** The nearest pictures of one space, nearest first. */
export function neighbourList({ space, title, about, rows, found, pair }: ListOptions, flow: Flow): TemplateResult {
  const neighbours = found[space];
  return html`<section class="neighbour-list" data-testid="list-${space}" aria-label=${title}>
    <h3 title=${about}>${title}</h3>
    <p class="small" data-testid="agreement-${space}">${agreementText(found, rows, neighbours)}</p>
    ${neighbours.length === 0 ? html`<p class="small">There are no other pictures.</p>` : nothing}
    <ol class="neighbour-tiles" @keydown=${onKey}>
      ${repeat(
        neighbours,
        ({ row }) => row,
        (each) => html`<li>${tile(each, { rows, found, space, pair }, flow)}</li>`,
      )}
    </ol>
  </section>`;
}

function tile(
  each: Neighbour,
  { rows, found, space, pair }: Pick<ListOptions, 'rows' | 'found' | 'space' | 'pair'>,
  flow: Flow,
): TemplateResult {
  const path = rows.paths[each.row] ?? '';
  const other = isOther(found, rows, each) === true;
  const distance = number(each.distance);
  const words = rowText(rows, each.row);
  const thumb = flow.thumbs.get(path);
  const chosen = path === pair;
  return html`<button
    class=${classMap({ neighbour: true, other, chosen })}
    data-testid="neighbour"
    data-row=${each.row}
    data-other=${other}
    aria-pressed=${chosen}
    aria-label="${nameOf(path)}: ${words}, distance ${distance}${other ? ', another class' : ''}"
    title="${path}\n${words}\ndistance ${distance}\nclick: what makes them alike"
    @click=${() => flow.neighbours.compare(chosen ? undefined : path)}
  >
    ${thumb ? html`<img class="neighbour-picture" src=${thumb.url} alt="" draggable="false" />` : html`<span class="neighbour-picture skeleton"></span>`}
    <span class="neighbour-class">${other ? icon('warning') : nothing}<span>${words}</span></span>
    <span class="small neighbour-distance" data-testid="distance-${space}">${distance}</span>
  </button>`;
}

/** Arrows lead from tile to tile. */
function onKey(event: KeyboardEvent): void {
  const tiles = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('button')];
  const from = tiles.find((tile) => tile === event.target);
  const to = from && nextTo(event.key, from, tiles);
  if (!to) return;
  to.focus();
  event.preventDefault();
}
