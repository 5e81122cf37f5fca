import { html, nothing, type TemplateResult } from 'lit';
import type { LabelOffer } from '../../../src/shared/protocol.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';

/** Whether the person said that the known sets of names are none of this model's. */
export function isDeclined({ choices, subject }: PageState): boolean {
  return subject?.modelPath !== undefined && (choices.declined ?? []).includes(subject.modelPath);
}

/** Known class names for so many outputs, with what the best class would be called: whether they fit is seen by the person. */
export function labelOffer(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  const { prediction, answer } = state;
  const offers = prediction?.labelOffers ?? [];
  if (!prediction || offers.length === 0 || state.asked || isDeclined(state)) return nothing;
  return html`<aside class="offer" aria-label="Class names" data-testid="label-offer">
    <div class="offer-text">
      <p>
        Nothing names the ${prediction.model.classes} outputs of ${prediction.model.name}. ${offers.map((offer) => sentence(offer))} Is that what
        it shows?
      </p>
      ${answer.error ? errorView(answer.error, { showLog: () => actions.showLog() }) : nothing}
    </div>
    <div class="offer-buttons">
      ${offers.map(({ id, label }) =>
        button({
          testid: `use-${id}`,
          label: offers.length > 1 ? `Use ${label}` : 'Use these names',
          appearance: 'primary',
          disabled: answer.saving !== undefined,
          onClick: () => actions.answers.labels(id),
        }),
      )}
      ${button({ testid: 'not-these-names', label: 'Not these names', onClick: () => actions.answers.declineLabels(true) })}
    </div>
  </aside>`;
}

function sentence({ label, top }: LabelOffer): TemplateResult {
  return html`With ${label} the best class of this image would be <strong data-testid="offered-top">${top}</strong>. `;
}
