import { html, type TemplateResult } from 'lit';

/** Instead of a page while its model is read. The sentence comes late: most models are there before it. */
export function loadingModel(): TemplateResult {
  return html`<div class="page-loading" data-testid="loading">
    <span class="skeleton line short"></span><span class="skeleton line"></span>
    <p class="small late">Reading the model. Large ones take a while the first time.</p>
  </div>`;
}
