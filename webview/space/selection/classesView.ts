import { html, type TemplateResult } from 'lit';
import type { RowFacts } from './rowText.ts';

/** `square → star`, each name cut by itself where there is little room: what it was taken for is to be seen too. */
export function classesView({ label, predicted, correct }: Pick<RowFacts, 'label' | 'predicted' | 'correct'>): TemplateResult {
  if (label === undefined || predicted === undefined || correct)
    return html`<span class="classes"><span>${label ?? predicted ?? ''}</span></span>`;
  return pairView(label, predicted);
}

export function pairView(label: string | undefined, predicted: string | undefined): TemplateResult {
  return html`<span class="classes"><span>${label}</span> <span>→ ${predicted}</span></span>`;
}
