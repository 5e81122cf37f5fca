import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { errorView } from '../../page/errorView.ts';
import { iconButton } from '../../ui/button.ts';
import type { Actions } from '../actions.ts';
import { isAsking } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { inputsQuestion } from './inputsQuestion.ts';
import { preprocessingQuestion } from './preprocessingQuestion.ts';
import { sizeQuestion } from './sizeQuestion.ts';

/** What a question shows; the card around it is the same for all. */
export interface QuestionParts {
  title: string;
  testid: string;
  body: TemplateResult;
}

/** The question on hand, above all else. Escape and the cross put it away. */
export function question(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  if (!isAsking(state) || !state.asked) return nothing;
  const { title, testid, body } = partsOf(state, actions);
  const { error } = state.answer;
  return html`<section
    class="card question"
    aria-labelledby="question-title"
    data-testid=${testid}
    tabindex="-1"
    ${ref(takeFocus)}
  >
    <div class="question-head">
      <h2 class="question-title" id="question-title">${title}</h2>
      ${iconButton({ testid: 'dismiss', label: 'Not now (Escape)', icon: 'close', onClick: () => actions.answers.dismiss() })}
    </div>
    ${body} ${error ? errorView(error, { showLog: () => actions.showLog() }) : nothing}
    <p class="small">
      Your answer is written to the model’s glassbox.json, beside the model, and holds for every image from now on.
      <button class="link" data-testid="question-sidecar" @click=${() => actions.openSidecar()}>Write it by hand instead</button>
    </p>
  </section>`;
}

function partsOf(state: PageState, actions: Actions): QuestionParts {
  const { asked } = state;
  if (asked?.kind === 'input-size') return sizeQuestion(state, asked, actions);
  if (asked?.kind === 'inputs') return inputsQuestion(state, asked, actions);
  return preprocessingQuestion(state, actions);
}

/** Whoever asked for it is at the question at once; one that comes by itself takes nothing away. */
function takeFocus(card: Element | undefined): void {
  const { activeElement } = document;
  // It is not in the document yet.
  if (card instanceof HTMLElement && activeElement && activeElement !== document.body) queueMicrotask(() => card.focus());
}
