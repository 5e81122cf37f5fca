import { html, nothing, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { ownSize } from '../../../src/shared/ownSize.ts';
import type { Question } from '../../../src/shared/question.ts';
import type { InputSize } from '../../../src/shared/sidecar.ts';
import { button } from '../../ui/button.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';
import type { QuestionParts } from './question.ts';

type SizeQuestion = Extract<Question, { kind: 'input-size' }>;

/** Sides at which most networks were trained. */
const common = [224, 256, 299, 384, 512];

/** How large the image is that a fully convolutional model gets. */
export function sizeQuestion(state: PageState, { input, shape, tried }: SizeQuestion, actions: Actions): QuestionParts {
  const { saving } = state.answer;
  const option = (size: InputSize, label: string, about?: string) => sizeOption(actions, { size, label, about, saving });
  const own = state.picture?.size && ownSize(state.picture.size);
  const body = html`${tried && state.failure ? html`<p class="question-problem" role="alert" data-testid="size-problem">${state.failure.message}</p>` : nothing}
    <p>
      ${state.subject?.modelName} takes images of any size: its input ‘${input}’ is ${shape}. Choose the size it was trained with; objects much
      larger or smaller than in training are not recognised.
    </p>
    <div class="sizes">
      ${common.map((side) => option([side, side], `${side} × ${side}`))}
      ${option('image', 'Each image’s own', own ? `this one: ${own.join(' × ')}, in steps of 32` : 'in steps of 32, at most 1024')}
    </div>
    ${typed(actions, saving)}`;
  return { title: 'How large is the image?', testid: 'size-question', body };
}

interface Option {
  size: InputSize;
  label: string;
  about?: string | undefined;
  saving: string | undefined;
}

function sizeOption(actions: Actions, { size, label, about, saving }: Option): TemplateResult {
  const id = size === 'image' ? size : size.join('x');
  return html`<button
    class=${classMap({ size: true, saving: saving === id })}
    data-testid="size-${id}"
    ?disabled=${saving !== undefined}
    @click=${() => actions.answers.inputSize(size)}
  >
    <span>${label}</span>${about === undefined ? nothing : html`<span class="small">${about}</span>`}
  </button>`;
}

/** Any other. Taken when both sides are whole numbers of pixels. */
function typed(actions: Actions, saving: string | undefined): TemplateResult {
  const use = (event: Event) => {
    const inputs = [...((event.target as Element).closest('.typed')?.querySelectorAll('input') ?? [])];
    for (const input of inputs) input.setCustomValidity(input.value === '' && !input.validity.badInput ? 'Give a number of pixels.' : '');
    const [height, width] = inputs.map((input) => input.valueAsNumber);
    if (inputs.every((input) => input.reportValidity()) && height && width) actions.answers.inputSize([height, width]);
  };
  const field = (name: string, id: string) =>
    html`<div class="typed-field"><label for=${id}>${name}</label><input
        type="number"
        class="number"
        id=${id}
        data-testid=${id}
        min="1"
        max="16384"
        step="1"
        ?disabled=${saving !== undefined}
        @input=${(event: Event) => (event.target as HTMLInputElement).setCustomValidity('')}
        @keydown=${(event: KeyboardEvent) => event.key === 'Enter' && use(event)}
    /></div>`;
  return html`<div class="typed" role="group" aria-label="Another size">
    ${field('Height', 'size-height')} ${field('Width', 'size-width')}
    ${button({ testid: 'size-use', label: 'Use this size', disabled: saving !== undefined, onClick: use })}
  </div>`;
}
