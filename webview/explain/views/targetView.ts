import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { scoresClasses } from '../../../src/shared/classScores.ts';
import type { Prediction } from '../../../src/shared/protocol.ts';
import { number } from '../../draw/format.ts';
import { iconButton } from '../../ui/button.ts';
import type { Actions } from '../actions.ts';
import { currentClass, currentMethod, labelOf } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { currentAgainst, currentRegion, mistake, noDifference } from '../targets.ts';

/** The scalar that is explained: one class, or one against another; where the output is dense, of which part. */
export function targetView(state: PageState, actions: Actions): TemplateResult | typeof nothing {
  const { prediction } = state;
  if (prediction?.model.classes === 1) return region(state, prediction, actions);
  return html`<div class="target" role="group" aria-label="What is explained" data-testid="target">
      ${slots(state, actions)}
      <p class="small target-note" data-testid="target-note">${prediction ? note(state, prediction, actions) : nothing}</p>
    </div>
    ${prediction ? region(state, prediction, actions) : nothing}`;
}

/** Two places for a class; choosing one in the list or by name fills the one in hand. */
function slots(state: PageState, actions: Actions): TemplateResult {
  const explained = currentClass(state);
  const against = currentAgainst(state, explained);
  const nameOf = (index: number | undefined) => (index === undefined || !state.prediction ? '' : labelOf(state.prediction, index));
  const none = against === undefined;
  const method = currentMethod(state);
  return html`${slot(state, actions, { id: 'class', label: 'Explain', name: nameOf(explained) })}
    <span class="target-minus" aria-hidden="true">−</span>
    ${slot(state, actions, { id: 'against', label: 'against', name: none ? 'nothing' : nameOf(against), idle: !none && method && noDifference(method) !== undefined })}
    ${iconButton({ testid: 'swap', label: 'Swap the two classes', icon: 'swap', disabled: none, onClick: () => actions.swapTarget() })}
    ${iconButton({ testid: 'clear-against', label: 'Explain one class only', icon: 'close', disabled: none, onClick: () => actions.clearAgainst() })}`;
}

function slot(
  { slot: inHand, prediction }: PageState,
  actions: Actions,
  { id, label, name, idle = false }: { id: PageState['slot']; label: string; name: string; idle?: boolean | undefined },
): TemplateResult {
  const title = id === 'class' ? 'The class explained' : 'The class held against it: choose it in the list below';
  const press = () => actions.fill(id === 'against' && inHand === 'against' ? 'class' : id);
  return html`<button
    class=${classMap({ slot: true, idle })}
    data-testid="slot-${id}"
    aria-pressed=${inHand === id}
    title=${name === '' ? title : `${title}\n${name}`}
    ?disabled=${!prediction}
    @click=${press}
  >
    <span class="small">${label}</span><span class="slot-name">${name}</span>
  </button>`;
}

function note(state: PageState, prediction: Prediction, actions: Actions): TemplateResult {
  const method = currentMethod(state);
  const explained = currentClass(state);
  const against = currentAgainst(state, explained);
  if (state.slot === 'against') return html`Choose the class to subtract, in the list or by its name.`;
  const wrong = mistake(state);
  const applies = method !== undefined && noDifference(method) === undefined;
  const offered = applies && wrong && (wrong.predicted !== explained || wrong.truth !== against);
  const why = method && (against !== undefined || method.targets === 'none') ? noDifference(method) : undefined;
  // The numbers at hand are means over all of a dense output.
  const text = why ?? (currentRegion(state) ? undefined : value(prediction, explained, against));
  const which = scoresClasses(prediction.model) ? 'class' : 'output';
  const visualise = () => explained !== undefined && actions.showUnits({ view: 'visualise', class: explained });
  return html`${text === undefined ? nothing : html`<span>${text}</span>`}
    ${
      offered
        ? html`<button class="link" data-testid="explain-mistake" @click=${() => actions.explainMistake()}>Explain predicted − true</button>`
        : nothing
    }
    <button class="link" data-testid="visualise-class" @click=${visualise}>Visualise this ${which}</button>`;
}

/** `logit 6.1 − 4.7 = 1.4` */
function value({ logits, model }: Prediction, explained: number | undefined, against: number | undefined): string {
  const logit = (index: number | undefined) => (index === undefined ? Number.NaN : (logits[index] ?? Number.NaN));
  const word = scoresClasses(model) ? 'logit' : 'value';
  if (against === undefined) return `${word} ${number(logit(explained))}`;
  return `${word} ${number(logit(explained))} − ${bracketed(logit(against))} = ${number(logit(explained) - logit(against))}`;
}

function bracketed(value: number): string {
  return value < 0 ? `(${number(value)})` : number(value);
}

function region(state: PageState, { model }: Prediction, actions: Actions): TemplateResult | typeof nothing {
  const { dense } = model;
  if (!dense) return nothing;
  const chosen = currentRegion(state);
  const cells = chosen
    ? `${chosen.height} × ${chosen.width} cells from row ${chosen.y}, column ${chosen.x}`
    : `all ${dense.height} × ${dense.width} cells`;
  const marking = state.marking !== undefined;
  return html`<p class="small region-line" data-testid="region">
    <span>Mean over ${cells}</span>
    <button class="link" data-testid="mark-region" aria-pressed=${marking} @click=${() => actions.mark(marking ? undefined : {})}>
      ${marking ? 'Leave it' : 'Choose a region'}
    </button>
    ${chosen ? html`<button class="link" data-testid="whole-image" @click=${() => actions.chooseRegion(undefined)}>Whole image</button>` : nothing}
  </p>`;
}
