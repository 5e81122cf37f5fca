import { html, nothing, type TemplateResult } from 'lit';
import type { Patch } from '../../../src/shared/unitsProtocol.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { checkbox } from '../../ui/fields.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { type Order, orders } from './choices.ts';
import { count } from './selectors.ts';

const labels: Readonly<Record<Order, string>> = {
  max: 'Largest value',
  active: 'Share of active cells',
  unit: 'Number',
  silent: 'Dead and saturated first',
};

/** Order, which units, how small patches are enlarged, and what a tile shows. */
export function toolsView(state: UnitsState, flow: Flow): TemplateResult {
  const { order, smooth } = state.choices.patches;
  return html`<div class="patch-tools">
      ${dropdown({
        testid: 'patch-order',
        label: 'Order of units',
        value: order,
        options: orders.map((id) => ({ id, label: labels[id] })),
        onChange: (id) => flow.patches.choose({ order: id as Order }),
      })}
      ${checkbox('patch-smooth', 'Enlarge smoothly', smooth, (now) => flow.patches.choose({ smooth: now }))}
    </div>
    ${silentLine(state, flow)} ${tileLine(state)}`;
}

/** How many units never fire or are saturated. Each number shows only those. */
function silentLine(state: UnitsState, flow: Flow): TemplateResult | typeof nothing {
  const units = state.patches.units.value;
  if (!units) return nothing;
  const { only } = state.choices.patches;
  const total = units.state.length;
  const toggle = (which: 'dead' | 'saturated') => () => flow.patches.chooseOnly(only === which ? undefined : which);
  return html`<p class="silent-line" data-testid="silent-line">
    <button class="link" data-testid="only-dead" aria-pressed=${only === 'dead'} @click=${toggle('dead')}
      >${count(units, 'dead')} of ${total} units never fire</button> on these ${pictures(units.images)},
    <button class="link" data-testid="only-saturated" aria-pressed=${only === 'saturated'} @click=${toggle('saturated')}
      >${count(units, 'saturated')} saturated</button>.
    ${only === undefined ? nothing : html`Only the ${only} ones are shown. <button class="link" data-testid="only-none" @click=${() => flow.patches.chooseOnly(undefined)}>Show all</button>`}
  </p>`;
}

export function pictures(count: number): string {
  return count === 1 ? '1 picture' : `${count} pictures`;
}

/** What the tiles of this layer show. */
function tileLine(state: UnitsState): TemplateResult | typeof nothing {
  const kinds = new Set([...state.patches.tops.values()].flatMap((top) => top.patches.patches.map(({ shownAs }) => shownAs)));
  if (kinds.size === 0) return nothing;
  const size = currentLayer(state)?.receptiveField?.size;
  return html`<p class="small" data-testid="tile-line">${tileText(kinds, size && `${size[0]} × ${size[1]} px of the input`)}</p>`;
}

function tileText(kinds: ReadonlySet<Patch['shownAs']>, size: string | undefined): string {
  if (!kinds.has('typical') && !kinds.has('effective')) {
    return size === undefined
      ? 'Each tile is all that the unit sees of the picture.'
      : `Each tile is the receptive field of a cell, ${size}. What is empty in a tile lies outside of the picture.`;
  }
  const parts = [`A cell sees (nearly) the whole picture${size === undefined ? '' : `, ${size}`}. `];
  if (kinds.has('typical')) parts.push('Dotted frame: around the cell, as large as the effective fields of this layer usually are. ');
  if (kinds.has('effective')) parts.push('Dashed frame: the part that holds 95 % of the gradient. ');
  if (kinds.has('field')) parts.push('No frame: the receptive field, cut by the border.');
  return parts.join('');
}
