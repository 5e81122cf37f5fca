import { html, nothing, type TemplateResult } from 'lit';
import { aboutCard } from '../../page/aboutCard.ts';
import type { Actions } from '../actions.ts';
import { currentMethod, variantOf } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** The card about the chosen method and its variant. */
export function aboutMethod(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  const method = currentMethod(state);
  if (!method) return nothing;
  const variant = method.variants.find((v) => v.id === variantOf(state, method));
  return aboutCard(method, {
    open: state.choices.about ?? true,
    onToggle: (open) => actions.showAbout(open),
    ...(variant &&
      method.variants.length > 1 && {
        more: html`<p data-testid="variant-about"><strong>${sentenceCase(variant.label)}.</strong> ${variant.about}</p>`,
      }),
  });
}

function sentenceCase(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
