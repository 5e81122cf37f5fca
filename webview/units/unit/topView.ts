import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { ProjectionRule, UnitPatches } from '../../../src/shared/unitsProtocol.ts';
import { button } from '../../ui/button.ts';
import { neighbour } from '../../ui/neighbour.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import { patchTitle } from '../patches/patchText.ts';
import { best } from '../patches/selectors.ts';
import { tilePicture } from '../patches/tileView.ts';
import type { UnitsState } from '../state.ts';
import { projectionRules } from './choices.ts';
import { projected } from './projectedTile.ts';
import { answered } from './section.ts';
import { selectedView } from './selectedView.ts';

const rules: Readonly<Record<ProjectionRule, { label: string; about: string }>> = {
  deconvnet: { label: 'Deconvnet', about: 'Negative signals are cut on the way back (Zeiler and Fergus 2014)' },
  guided: {
    label: 'Guided',
    about: 'Negative signals are cut on the way back, and what the unit did not pass forward (Springenberg 2015)',
  },
  gradient: { label: 'Gradient', about: 'The derivative as it is' },
};

/** The unit's best patches, or what in them drove it; one of them large. */
export function topView(state: UnitsState, flow: Flow): TemplateResult {
  const { patches } = state.unit;
  return answered(patches, 'patches', flow, (value) =>
    value.patches.length === 0
      ? html`<p class="small" data-testid="no-patches">None of the pictures that excite it most is there any more. Update what is collected.</p>`
      : html`${tools(state, value, flow)} ${grid(state, value, flow)} ${selectedView(state, flow)}`,
  );
}

function tools(state: UnitsState, { patches, kept }: UnitPatches, flow: Flow): TemplateResult {
  const { shows, rule } = state.choices.unitPage;
  return html`<div class="top-tools">
    ${segments({
      testid: 'shows',
      label: 'What the tiles show',
      value: shows,
      options: [
        { id: 'patches', label: 'Patches' },
        { id: 'projections', label: 'Projections', about: 'What in each patch drove the unit, carried back to the pixels' },
      ],
      onChange: (id) => flow.unit.choose({ shows: id }),
    })}
    ${
      shows === 'projections'
        ? segments({
            testid: 'rule',
            label: 'Rule of the projection',
            value: rule,
            options: projectionRules.map((id) => ({ id, ...rules[id] })),
            onChange: (id) => flow.unit.choose({ rule: id }),
          })
        : nothing
    }
    ${allButton(state, patches.length, kept, flow)}
  </div>`;
}

function allButton({ unit }: UnitsState, shown: number, kept: number, flow: Flow): TemplateResult | typeof nothing {
  if (unit.all) return button({ testid: 'show-best', label: `Only the best ${best}`, onClick: () => flow.unit.showAll(false) });
  return kept > shown ? button({ testid: 'show-all', label: `All ${kept}`, onClick: () => flow.unit.showAll(true) }) : nothing;
}

function grid(state: UnitsState, { patches }: UnitPatches, flow: Flow): TemplateResult {
  const { selected, all } = state.unit;
  const shown = all ? patches : patches.slice(0, best);
  return html`<div class="top-grid" role="listbox" aria-label="Top patches" data-testid="top-grid" @keydown=${onKey}>
    ${shown.map(
      (patch, i) => html`<div
        class=${classMap({ 'tile-cell': true, selected: i === selected })}
        role="option"
        tabindex=${i === (selected ?? 0) ? 0 : -1}
        aria-selected=${i === selected}
        aria-label="${i + 1}: ${patchTitle(patch)}"
        title=${patchTitle(patch)}
        data-testid="top-${i}"
        @click=${() => flow.unit.select(i === selected ? undefined : i)}
      >
        ${state.choices.unitPage.shows === 'projections' ? projected(state, patch, state.unit.projections.value?.[i]) : tilePicture(state, patch)}
      </div>`,
    )}
  </div>
  ${state.choices.unitPage.shows === 'projections' && state.unit.projections.error ? answered(state.unit.projections, 'projections', flow, () => html``) : nothing}`;
}

/** Arrows lead from tile to tile, Enter and Space select. */
function onKey(event: KeyboardEvent): void {
  const from = event.target as HTMLElement;
  const tiles = [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=option]')];
  if (!tiles.includes(from)) return;
  if (event.key === 'Enter' || event.key === ' ') from.click();
  else if (event.key === 'Home') tiles[0]?.focus();
  else if (event.key === 'End') tiles.at(-1)?.focus();
  else {
    const to = neighbour(event.key, from, tiles);
    if (!to) return;
    to.focus();
  }
  event.preventDefault();
}
