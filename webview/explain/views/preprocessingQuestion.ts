import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { PreprocessingTrial } from '../../../src/shared/protocol.ts';
import { number, score } from '../../draw/format.ts';
import { spinner } from '../../ui/fields.ts';
import { pngUrl } from '../../ui/pngUrl.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';
import type { QuestionParts } from './question.ts';

/** The image under each common preprocessing, with what the network then says. */
export function preprocessingQuestion(state: PageState, actions: Actions): QuestionParts {
  const { trials, answer } = state;
  const body = html`<p>
      ${why(state)} Below is what the network sees, and says, under each common preparation. Choose the one that names this image best; if
      you trained it, the one you trained with.
    </p>
    ${
      trials
        ? html`<div class="trials">${trials.map((trial) => trialCard(trial, answer.saving, actions))}</div>`
        : html`<p class="trying" data-testid="trying">${spinner()}<span>Trying each…</span></p>`
    }`;
  return { title: 'Which one is right?', testid: 'preprocessing', body };
}

function why({ prediction, subject }: PageState): TemplateResult {
  const model = prediction?.model;
  if (!model?.preprocessing) return html`${subject?.modelName} does not say how its input is prepared.`;
  if (!model.preprocessingGuessed) return html`The image is prepared as in ${model.preprocessingFrom}.`;
  return html`${subject?.modelName} does not say how its input is prepared; it is guessed from ${model.preprocessingFrom}.`;
}

function trialCard(trial: PreprocessingTrial, saving: string | undefined, actions: Actions): TemplateResult {
  const { top, label, id, current, min, max } = trial;
  return html`<button
    class=${classMap({ trial: true, saving: saving === id, current })}
    data-testid="trial-${id}"
    aria-current=${current ? 'true' : nothing}
    ?disabled=${saving !== undefined}
    @click=${() => actions.answers.preprocessing(trial)}
  >
    <img class="trial-image" src=${pngUrl(trial.fedPng)} alt="" />
    ${current ? html`<span class="tag trial-now">now</span>` : nothing}
    <span class="trial-top" title=${top.label}>${top.label}</span>
    ${trial.labelOffers.map((offer) => html`<span class="small trial-offered">${offer.label}: ${offer.top}</span>`)}
    <span class="trial-probability">${score(top)}</span>
    <span class="small trial-label">${saving === id ? 'Saving…' : label}</span>
    <span class="small trial-range">${number(min)} … ${number(max)}</span>
  </button>`;
}
