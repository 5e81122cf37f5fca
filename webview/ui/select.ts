import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';

export interface SelectOptions {
  testid: string;
  label: string;
  value: string;
  groups: readonly { label: string; options: readonly { id: string; label: string }[] }[];
  onChange: (id: string) => void;
}

/** One of many, also of a thousand: a native list, found by typing. */
export function select({ testid, label, value, groups, onChange }: SelectOptions): TemplateResult {
  return html`<div class="field">
    <label class="field-label" for=${testid}>${label}</label>
    <select
      class="select"
      id=${testid}
      data-testid=${testid}
      .value=${live(value)}
      @change=${(event: Event) => onChange((event.target as HTMLSelectElement).value)}
    >
      ${groups.map(
        (group) => html`<optgroup label=${group.label}>
          ${group.options.map((option) => html`<option value=${option.id} ?selected=${option.id === value}>${option.label}</option>`)}
        </optgroup>`,
      )}
    </select>
  </div>`;
}
