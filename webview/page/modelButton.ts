import { html, type TemplateResult } from 'lit';
import type { ModelInfo } from '../../src/shared/protocol.ts';
import { icon } from '../ui/icons.ts';

interface ModelButtonOptions {
  name: string;
  /** Relative to the workspace folder. */
  path: string | undefined;
  /** Undefined: not read yet. */
  model: ModelInfo | undefined;
  onChoose: () => void;
}

/** The model a page is about, and the way to another one. */
export function modelButton({ name, path, model, onChoose }: ModelButtonOptions): TemplateResult {
  const about = [path, model && `${model.format}, ${model.classes} classes`, model?.engine, 'choose another model'];
  return html`<button class="name-button page-model" data-testid="model-name" title=${about.filter(Boolean).join('\n')} @click=${onChoose}>
    ${icon('model')}<span class="model-label">${name}</span>${icon('chevron')}
  </button>`;
}
