import { html, nothing, type TemplateResult } from 'lit';
import { button } from '../ui/button.ts';
import { icon } from '../ui/icons.ts';

export interface ChooseModelOptions {
  /** Names relative to the workspace. */
  candidates: readonly string[];
  /** Asked where there are some. */
  ask: string;
  /** Undefined: the person wants to see more. */
  onChoose: (candidate?: string) => void;
}

/** No model chosen yet: the candidates, and the picker. */
export function chooseModelView({ candidates, ask, onChoose }: ChooseModelOptions): TemplateResult {
  const sentence =
    candidates.length === 0
      ? 'No model was found in this workspace. Glassbox reads Keras (.keras, .h5), ONNX (.onnx), TensorFlow (SavedModel, .tflite) and TensorFlow.js (model.json).'
      : ask;
  return html`<section class="card empty" data-testid="empty">
    <h2 class="question-title">Choose a model</h2>
    <p>${sentence}</p>
    ${
      candidates.length === 0
        ? nothing
        : html`<div class="candidates">
            ${candidates.map(
              (name) => html`<button class="candidate" data-testid="candidate" title=${name} @click=${() => onChoose(name)}>
                ${icon('model')}<span class="candidate-name">${name}</span>
              </button>`,
            )}
          </div>`
    }
    <div class="buttons">
      ${button({ testid: 'choose-model', label: 'Choose model…', appearance: 'primary', onClick: () => onChoose() })}
    </div>
  </section>`;
}
