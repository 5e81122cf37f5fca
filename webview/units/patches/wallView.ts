import { html, nothing, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
import { ref } from 'lit/directives/ref.js';
import { repeat } from 'lit/directives/repeat.js';
import { errorView } from '../../page/errorView.ts';
import { neighbour } from '../../ui/neighbour.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { wallUnits } from './selectors.ts';
import { type Entry, unitRow } from './unitRow.ts';

/** Stable, so that it is called when the wall comes and goes only. */
let returned: (wall: HTMLElement) => void = () => {};
const mounted = (element: Element | undefined) => {
  if (element) queueMicrotask(() => returned(element as HTMLElement));
};

/** All units of the layer in the chosen order, each with its best patches. */
export function wallView(state: UnitsState, flow: Flow): TemplateResult {
  const units = wallUnits(state);
  returned = (wall) => flow.patches.returned(wall);
  const { focus, topsFailure } = state.patches;
  const first = units[0];
  const entry = focus && units.includes(focus.unit) ? focus : first === undefined ? undefined : { unit: first, at: 0 };
  const focused = (event: FocusEvent) => {
    const { unit, at } = (event.target as HTMLElement).dataset;
    if (unit !== undefined && at !== undefined) flow.patches.focus(Number(unit), Number(at));
  };
  return html`${topsFailure ? errorView(topsFailure, { retry: () => flow.patches.retryTops(), showLog: () => flow.showLog() }) : nothing}
    ${state.patches.ordered && units.length === 0 ? html`<p class="small" data-testid="wall-empty">No unit of this layer is like that.</p>` : nothing}
    <div
      class="patch-wall"
      role="grid"
      aria-label="Units and their top patches"
      data-testid="wall"
      @keydown=${onKey}
      @focusin=${focused}
      ${ref(mounted)}
    >
      ${repeat(
        units,
        (unit) => unit,
        (unit) => guard(shownIn(state, unit, entry), () => unitRow(state, unit, entry, flow)),
      )}
    </div>`;
}

/** All that a row depends on: of a thousand rows those that stay the same are left alone. */
function shownIn({ patches, choices, units: model }: UnitsState, unit: number, entry: Entry | undefined): unknown[] {
  const { inView, focus, units, tops, topsFailure } = patches;
  const drawn = inView.has(unit) || focus?.unit === unit;
  const tab = entry?.unit === unit ? entry.at : undefined;
  return [model, choices.layer, units.value, drawn, drawn && tops.get(unit), drawn && topsFailure, choices.patches.smooth, tab];
}

/** Arrows lead from cell to cell, Home and End along a unit, Enter and Space open. */
function onKey(event: KeyboardEvent): void {
  const from = event.target as HTMLElement;
  if (from.getAttribute('role') !== 'gridcell' || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === 'Enter' || event.key === ' ') from.click();
  else if (event.key === 'Home' || event.key === 'End') ends(from, event.key)?.focus();
  else {
    const to = neighbour(event.key, from, cellsIn(event.currentTarget as Element));
    if (!to) return;
    to.focus();
  }
  event.preventDefault();
}

function cellsIn(element: Element | null): HTMLElement[] {
  return [...(element?.querySelectorAll<HTMLElement>('[role=gridcell]') ?? [])];
}

function ends(from: HTMLElement, key: 'Home' | 'End'): HTMLElement | undefined {
  const row = cellsIn(from.closest('[role=row]'));
  return key === 'Home' ? row[0] : row.at(-1);
}
