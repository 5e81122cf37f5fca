import { html, type TemplateResult } from 'lit';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';

export function unitView(_state: UnitsState, _flow: Flow): TemplateResult {
  return html``;
}
