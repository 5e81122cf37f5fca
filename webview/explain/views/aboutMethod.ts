import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../../ui/icons.ts';
import type { Actions } from '../actions.ts';
import { currentMethod, variantOf } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** What the chosen method shows, its formula, when it misleads, and where it is from. */
export function aboutMethod(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  const method = currentMethod(state);
  if (!method) return nothing;
  const variant = method.variants.find((v) => v.id === variantOf(state, method));
  const toggled = (event: Event) => actions.showAbout((event.target as HTMLDetailsElement).open);
  return html`<details class="about-method" data-testid="about" ?open=${state.choices.about ?? true} @toggle=${toggled}>
    <summary class="card-title">${icon('chevron')}About ${method.label}</summary>
    <div class="about-body">
      <p data-testid="method-about">${method.about}</p>
      <p class="formula" data-testid="formula" title=${method.formula}>${formula(method.formula)}</p>
      ${
        variant && method.variants.length > 1
          ? html`<p data-testid="variant-about"><strong>${sentenceCase(variant.label)}.</strong> ${variant.about}</p>`
          : nothing
      }
      <p class="misleads" data-testid="misleads">${icon('warning')}<span><strong>May mislead.</strong> ${method.misleads}</span></p>
      <p class="small" data-testid="source">${method.source}</p>
    </div>
  </details>`;
}

/** `w_k` with its index below the line. */
function formula(text: string): (string | TemplateResult)[] {
  return text.split(/_([A-Za-z0-9]+(?:,[A-Za-z0-9]+)*)/).map((part, i) => (i % 2 === 0 ? part : html`<sub>${part}</sub>`));
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
