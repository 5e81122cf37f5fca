import { html, nothing, type TemplateResult } from 'lit';
import type { Prediction, RankedClass } from '../../../src/shared/protocol.ts';
import { score } from '../../draw/format.ts';
import { icon } from '../../ui/icons.ts';
import type { Actions } from '../actions.ts';
import { rankOf } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { classList, classListSkeleton } from './classList.ts';
import { classSearch } from './classSearch.ts';
import { fedLine, fedView } from './fedView.ts';
import { modelLines } from './modelLines.ts';
import { targetView } from './targetView.ts';

/** What the network says, beside what the folder says and what the network was fed: the first thing to see. */
export function predictionHead(state: PageState, actions: Actions): TemplateResult {
  const { prediction } = state;
  const best = prediction?.top[0];
  return html`<section class="prediction-head" aria-labelledby="prediction-title" data-testid="prediction">
    <div class="prediction-text">
      <h2 class="card-title" id="prediction-title">Prediction</h2>
      ${prediction && best ? headline(prediction, best) : waiting(state)} ${prediction ? fedLine(prediction, actions) : nothing}
    </div>
    ${fedView(state)}
  </section>`;
}

/** The best classes, and the way to any other. */
export function predictionView(state: PageState, actions: Actions): TemplateResult {
  const { prediction } = state;
  return html`<section class="card classes" aria-label="Classes" data-testid="classes">
    ${targetView(state, actions)} ${prediction ? classList(state, prediction, actions) : classListSkeleton()}
    ${classSearch(state, actions)} ${prediction ? modelLines(state, prediction, actions) : nothing}
  </section>`;
}

/** A cold start may take seconds: then it is said what takes the time. */
function waiting({ subject }: PageState): TemplateResult {
  return html`<div class="skeleton line"></div>
    <div class="skeleton line short"></div>
    <p class="small late">${subject ? `Loading ${subject.modelName ?? 'the model'} and classifying…` : 'Starting…'}</p>`;
}

function headline(prediction: Prediction, best: RankedClass): TemplateResult {
  return html`<div class="says">
      <p class="headline" data-testid="top1" title=${best.label}>${best.label}</p>
      <p class="sub" data-testid="top1-probability">${score(best)}</p>
    </div>
    ${prediction.truth ? verdict(prediction, prediction.truth, best) : nothing}`;
}

function verdict(prediction: Prediction, truth: RankedClass, best: RankedClass): TemplateResult {
  const right = truth.index === best.index;
  return html`<p class="verdict ${right ? 'right' : 'wrong'}" data-testid="verdict" data-right=${right}>
    ${icon(right ? 'check' : 'close')}<span>${right ? 'right, as its folder says' : html`wrong, its folder says <strong>${truth.label}</strong> (rank ${rankOf(prediction, truth.index)})`}</span>
  </p>`;
}
