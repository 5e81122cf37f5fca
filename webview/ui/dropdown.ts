import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import './toolkit.ts';

export interface DropdownOptions {
  testid: string;
  label: string;
  value: string;
  options: readonly { id: string; label: string; about?: string }[];
  onChange: (id: string) => void;
  disabled?: boolean;
  /** A sentence under it. */
  about?: string;
}

/** One of a few. The label stands above it. */
export function dropdown({ testid, label, value, options, onChange, disabled = false, about }: DropdownOptions): TemplateResult {
  const changed = (event: Event) => {
    const chosen = (event.target as HTMLInputElement).value;
    if (chosen !== value) onChange(chosen);
  };
  return html`<div class="field">
    <label class="field-label">${label}</label>
    <vscode-dropdown data-testid=${testid} aria-label=${label} .value=${value} ?disabled=${disabled} @change=${changed}>
      ${repeat(
        options,
        (option) => option.id,
        (option) =>
          html`<vscode-option value=${option.id} title=${option.about ?? ''} ?selected=${option.id === value}>${option.label}</vscode-option>`,
      )}
    </vscode-dropdown>
    ${about === undefined ? nothing : html`<p class="small">${about}</p>`}
  </div>`;
}
