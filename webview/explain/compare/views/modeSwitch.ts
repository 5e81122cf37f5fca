import { html, nothing, type TemplateResult } from 'lit';
import { segments } from '../../../ui/segments.ts';
import type { PageState } from '../../state.ts';
import type { CompareActions } from '../compareActions.ts';
import { canCompare } from '../comparison.ts';

const modes = [
  { id: 'explain', label: 'Explain', about: 'One map, large' },
  { id: 'compare', label: 'Compare', about: 'Methods, layers, classes, images or models side by side' },
] as const;

/** One map or many. */
export function modeSwitch(state: PageState, compare: CompareActions): TemplateResult | typeof nothing {
  if (!canCompare(state)) return nothing;
  const value = state.choices.compare?.open ? 'compare' : 'explain';
  return html`<div class="mode">
    ${segments({ testid: 'mode', label: 'View', value, options: modes, onChange: (id) => compare.show(id === 'compare') })}
  </div>`;
}
