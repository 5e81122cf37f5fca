import { html, nothing, type TemplateResult } from 'lit';
import type { Prediction } from '../../../src/shared/protocol.ts';
import type { Question } from '../../../src/shared/question.ts';
import { dropdown } from '../../ui/dropdown.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';
import { isDeclined } from './labelOffer.ts';

/** What was chosen where the model file leaves a choice, each with the way to choose anew: names, output, size, other inputs. */
export function modelLines(state: PageState, prediction: Prediction, actions: Actions): TemplateResult {
  return html`${namesLine(state, prediction, actions)} ${prediction.model.answered.map((question) => answeredLine(question, prediction, actions))}
    ${outputChoice(state, prediction, actions)}`;
}

function namesLine(state: PageState, { model, labelOffers }: Prediction, actions: Actions): TemplateResult | typeof nothing {
  if (model.labelSet !== undefined) {
    return line('names', html`Names: ${model.labelsFrom}`, {
      testid: 'take-out-names',
      label: 'Take them out',
      onClick: () => actions.answers.labels(undefined),
    });
  }
  if (labelOffers.length === 0 || !isDeclined(state)) return nothing;
  const sets = labelOffers.map(({ label }) => label).join(', ');
  return line('names', html`Names: unknown`, {
    testid: 'offer-names',
    label: `${sets}?`,
    onClick: () => actions.answers.declineLabels(false),
  });
}

function answeredLine(question: Question, { model }: Prediction, actions: Actions): TemplateResult | typeof nothing {
  const change = (testid: string) => ({ testid, label: 'Change', onClick: () => actions.answers.ask(question) });
  if (question.kind === 'input-size') {
    const { height, width } = model.input;
    const own = model.preprocessing?.size === 'image' ? ', of this image' : '';
    return line('input-size', html`Input size: ${height} × ${width}${own}`, change('change-size'));
  }
  if (question.kind !== 'inputs') return nothing;
  const values = question.others.map(({ name, value }) => html`<span class="other-input">${name} = ${shown(value)}</span> `);
  return line('other-inputs', html`Other inputs: ${values}`, change('change-inputs'));
}

/** A number as it is, of many the first. */
function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function line(
  testid: string,
  text: TemplateResult,
  { testid: id, label, onClick }: { testid: string; label: string; onClick: () => void },
) {
  return html`<p class="small model-line" data-testid=${testid}>
    <span>${text}</span> <button class="link" data-testid=${id} @click=${onClick}>${label}</button>
  </p>`;
}

/** Which of the file's outputs all this is about. */
function outputChoice(state: PageState, { model }: Prediction, actions: Actions): TemplateResult | typeof nothing {
  if (model.outputs.length < 2) return nothing;
  return html`<div class="output-choice" data-testid="output">
    ${dropdown({
      testid: 'output-choice',
      label: `Output, one of ${model.outputs.length}`,
      value: model.output,
      options: model.outputs.map((name) => ({ id: name, label: name })),
      disabled: state.answer.saving !== undefined,
      onChange: (output) => actions.answers.output(output),
    })}
  </div>`;
}
