import { html, type TemplateResult } from 'lit';
import type { OtherInput, Question } from '../../../src/shared/question.ts';
import type { InputValue } from '../../../src/shared/sidecar.ts';
import { button } from '../../ui/button.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';
import type { QuestionParts } from './question.ts';

type InputsQuestion = Extract<Question, { kind: 'inputs' }>;

/** What the inputs beside the image are, the same for every image. */
export function inputsQuestion(state: PageState, { image, others }: InputsQuestion, actions: Actions): QuestionParts {
  const disabled = state.answer.saving !== undefined;
  const use = (event: Event) => {
    const fields = [...((event.target as Element).closest('.other-inputs')?.querySelectorAll('input') ?? [])];
    for (const [i, field] of fields.entries()) field.setCustomValidity(problem(field.value, others[i]!));
    if (fields.every((field) => field.reportValidity())) {
      actions.answers.inputs(Object.fromEntries(others.map(({ name }, i) => [name, valueIn(fields[i]!.value)])));
    }
  };
  const body = html`<p>
      ${state.subject?.modelName} has more than one input. The image goes to ‘${image}’; the others get the same value for every image: one
      number for all their elements, or one for each, in rows.
    </p>
    <div class="other-inputs">
      ${others.map((other) => field(other, disabled, use))}
      <div class="buttons">
        ${button({ testid: 'inputs-use', label: 'Use these values', appearance: 'primary', disabled, onClick: use })}
      </div>
    </div>`;
  return { title: others.length > 1 ? 'What are the other inputs?' : 'What is the other input?', testid: 'inputs-question', body };
}

function field({ name, shape, value }: OtherInput, disabled: boolean, use: (event: Event) => void): TemplateResult {
  const id = `value-${name}`;
  return html`<div class="field other-field">
    <label class="field-label" for=${id}><span>${name}</span><span class="field-value">${shape}</span></label>
    <input
      type="text"
      class="number"
      id=${id}
      data-testid=${id}
      inputmode="decimal"
      autocomplete="off"
      spellcheck="false"
      placeholder="0, or 0.1 0.2 0.3 …"
      .defaultValue=${textOf(value)}
      ?disabled=${disabled}
      @input=${(event: Event) => (event.target as HTMLInputElement).setCustomValidity('')}
      @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && use(event)}
    />
  </div>`;
}

function textOf(value: InputValue | undefined): string {
  const values = typeof value === 'object' && 'value' in value ? value.value : value;
  return values === undefined ? '' : typeof values === 'number' ? String(values) : values.join(' ');
}

function numbersIn(text: string): number[] {
  const words = text.split(/[\s,;[\]]+/).filter((word) => word !== '');
  return words.map(Number);
}

/** One number fills the input; more are one per element. */
function valueIn(text: string): InputValue {
  const values = numbersIn(text);
  return values.length === 1 ? values[0]! : values;
}

/** Why the text is no value; empty where it is one. */
function problem(text: string, { whole }: OtherInput): string {
  const values = numbersIn(text);
  if (values.length === 0) return 'Give a number, or several with spaces between.';
  if (!values.every(Number.isFinite)) return 'These are not all numbers.';
  return whole && !values.every(Number.isInteger) ? 'This input takes whole numbers.' : '';
}
