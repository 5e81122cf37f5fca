import { html, nothing, type TemplateResult } from 'lit';
import { button } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';

/** No model chosen yet: the candidates, and the picker. */
export function emptyView({ subject }: PageState, actions: Actions): TemplateResult {
  const candidates = subject?.candidates ?? [];
  const sentence =
    candidates.length === 0
      ? 'No model was found in this workspace. Glassbox reads Keras (.keras, .h5), ONNX (.onnx), TensorFlow (SavedModel, .tflite) and TensorFlow.js (model.json).'
      : 'Which model should explain this image?';
  return html`<section class="card empty" data-testid="empty">
    <h2 class="question-title">Choose a model</h2>
    <p>${sentence}</p>
    ${
      candidates.length === 0
        ? nothing
        : html`<div class="candidates">
            ${candidates.map(
              (name) => html`<button class="candidate" data-testid="candidate" title=${name} @click=${() => actions.chooseModel(name)}>
                ${icon('model')}<span class="candidate-name">${name}</span>
              </button>`,
            )}
          </div>`
    }
    <div class="buttons">
      ${button({ testid: 'choose-model', label: 'Choose model…', appearance: 'primary', onClick: () => actions.chooseModel() })}
    </div>
  </section>`;
}
