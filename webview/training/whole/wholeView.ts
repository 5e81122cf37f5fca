import { html, type TemplateResult } from 'lit';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';

export function wholeView(_state: PageState, _flow: Flow): TemplateResult {
  return html`<section data-testid="whole"></section>`;
}
