import { html, type TemplateResult } from 'lit';
import { vars } from '../../ui/vars.ts';

/** A line where the slider stands, over anything that has the run's axis. `place`: 0..1 on it. */
export function cursor(place: number, kind = ''): TemplateResult {
  // Of its own: a value that the whole page inherits would have the style of everything worked out anew at each step.
  return html`<span class="cursor ${kind}" aria-hidden="true" ${vars({ '--place': String(place) })}></span>`;
}
