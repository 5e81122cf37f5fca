import { html, type TemplateResult } from 'lit';
import { guard } from 'lit/directives/guard.js';
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
      ${guard([groups, value], () => groups.map((group) => options(group, value)))}
    </select>
  </div>`;
}

function options(group: SelectOptions['groups'][number], value: string): TemplateResult {
  return html`<optgroup label=${group.label}>
    ${group.options.map(({ id, label }) => html`<option value=${id} ?selected=${id === value}>${label}</option>`)}
  </optgroup>`;
}
