import { html, nothing, type TemplateResult } from 'lit';
import { errorView } from '../../../page/errorView.ts';
import { button } from '../../../ui/button.ts';
import type { PageState } from '../../state.ts';
import type { CompareActions } from '../compareActions.ts';

const sentences = {
  image: 'Choose another image: both are explained by this model, side by side.',
  model: 'Choose another model, or another checkpoint of this one: both explain this image, side by side.',
};

/** Nothing to compare with yet. */
export function needsOther(state: PageState, what: 'image' | 'model', compare: CompareActions): TemplateResult {
  const failure = state.compare.chooseFailure;
  return html`<div class="needs" data-testid="needs-${what}">
    <p>${sentences[what]}</p>
    <div class="buttons">
      ${button({ testid: 'choose-other', label: `Choose ${what}…`, appearance: 'primary', onClick: () => compare.chooseOther(what) })}
    </div>
    ${failure ? errorView(failure, {}) : nothing}
  </div>`;
}
