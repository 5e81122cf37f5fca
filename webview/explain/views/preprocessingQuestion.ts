import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import type { PreprocessingTrial } from '../../../src/shared/protocol.ts';
import { score } from '../../draw/format.ts';
import { pngUrl } from '../../ui/pngUrl.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';
import { errorView } from './errorView.ts';

/** Asked once per model: the image under each common preprocessing, with what the network then says. */
export function preprocessingQuestion(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  const { trials, subject } = state;
  if (!trials?.list) return nothing;
  return html`<section class="card question" aria-labelledby="question-title" data-testid="preprocessing">
    <h2 class="question-title" id="question-title">Which one is right?</h2>
    <p>
      ${subject?.modelName} does not say how its input is prepared. Below is what the network sees, and says, under each common preparation.
      Choose the one that names this image best; if you trained it, the one you trained with.
    </p>
    <div class="trials">${trials.list.map((trial) => trialCard(trial, trials.saving, actions))}</div>
    ${trials.error ? errorView(trials.error, { showLog: () => actions.showLog() }) : nothing}
    <p class="small">
      Your choice is written to the model’s glassbox.json, beside the model, and holds for every image from now on.
      <button class="link" data-testid="question-sidecar" @click=${() => actions.openSidecar()}>Write it by hand instead</button>
    </p>
  </section>`;
}

function trialCard(trial: PreprocessingTrial, saving: string | undefined, actions: Actions): TemplateResult {
  const { top, label, id } = trial;
  return html`<button
    class=${classMap({ trial: true, saving: saving === id })}
    data-testid="trial-${id}"
    ?disabled=${saving !== undefined}
    @click=${() => void actions.savePreprocessing(trial)}
  >
    <img class="trial-image" src=${pngUrl(trial.fedPng)} alt="" />
    <span class="trial-top" title=${top.label}>${top.label}</span>
    <span class="trial-probability">${score(top)}</span>
    <span class="small trial-label">${saving === id ? 'Saving…' : label}</span>
  </button>`;
}
