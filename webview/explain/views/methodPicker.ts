import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { MethodFamily } from '../../../src/shared/protocol.ts';
import { moveFocus } from '../../ui/focus.ts';
import type { Actions } from '../actions.ts';
import { currentFamily, currentMethod } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { methodChip } from './methodChip.ts';

interface FamilyName {
  label: string;
  /** Where there is little room. */
  short: string;
  about: string;
}

const names: Readonly<Record<MethodFamily, FamilyName>> = {
  cam: { label: 'Class activation', short: 'CAM', about: 'Weighted sums of a layer’s feature maps' },
  backpropagation: { label: 'Gradients', short: 'Gradients', about: 'The logit’s gradient at the input, and what follows from it' },
  relevance: { label: 'Relevance', short: 'Relevance', about: 'The logit handed back layer by layer, by rules' },
  perturbation: { label: 'Perturbation', short: 'Perturb', about: 'Asks the network again with parts of the image covered' },
};

/** Families as tabs; under them the methods of the one on show, each with its map in small as soon as there is one. */
export function methodPicker(state: PageState, actions: Actions): TemplateResult {
  const shown = currentFamily(state);
  const families = (Object.keys(names) as MethodFamily[]).filter((family) => state.methods.some((m) => m.family === family));
  return html`<div class="picker">
    <div class="families" role="tablist" aria-label="Family of methods" data-testid="families" @keydown=${followFocus}>
      ${state.methods.length === 0 ? html`<span class="family skeleton"></span>` : families.map((each) => familyTab(state, actions, each, shown))}
    </div>
    <div class="methods" id="methods" role=${shown ? 'tabpanel' : nothing} aria-labelledby=${shown ? `family-${shown}` : nothing}>
      ${chips(state, actions, shown)}
    </div>
  </div>`;
}

function familyTab(state: PageState, actions: Actions, family: MethodFamily, shown: MethodFamily | undefined): TemplateResult {
  const { label, short, about } = names[family];
  const selected = family === shown;
  const holdsChosen = currentMethod(state)?.family === family;
  return html`<button
    class=${classMap({ family: true, selected, chosen: holdsChosen })}
    role="tab"
    id="family-${family}"
    data-testid="family-${family}"
    aria-label=${holdsChosen && !selected ? `${label}, holds the chosen method` : label}
    aria-selected=${selected}
    aria-controls="methods"
    tabindex=${selected ? 0 : -1}
    title=${about}
    @click=${() => actions.chooseFamily(family)}
  >
    <span class="long">${label}</span><span class="short">${short}</span>
  </button>`;
}

function chips(state: PageState, actions: Actions, family: MethodFamily | undefined): TemplateResult {
  const methods = state.methods.filter((m) => m.family === family);
  const chosen = currentMethod(state);
  const reached = chosen && methods.includes(chosen) ? chosen : methods[0];
  return html`<div class="chips" role="tablist" aria-label="Method" data-testid="methods" @keydown=${followFocus}>
    ${
      methods.length === 0
        ? Array.from({ length: 4 }, () => html`<div class="chip skeleton"></div>`)
        : methods.map((method) => methodChip(state, actions, method, { selected: method === chosen, reached: method === reached }))
    }
  </div>`;
}

/** What the arrow keys reach is chosen. */
function followFocus(event: KeyboardEvent): void {
  const tab = moveFocus(event, [...(event.currentTarget as Element).querySelectorAll<HTMLElement>('[role=tab]')]);
  if (!tab) return;
  event.preventDefault();
  tab.click();
}
