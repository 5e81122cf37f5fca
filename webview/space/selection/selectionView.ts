import { html, type TemplateResult } from 'lit';
import type { Flow } from '../flow.ts';
import type { SpaceState } from '../state.ts';

export function selectionView(_state: SpaceState, _flow: Flow): TemplateResult {
  return html`<p class="small">selection</p>`;
}
