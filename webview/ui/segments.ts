import { html, type TemplateResult } from 'lit';
import { classMap } from 'lit/directives/class-map.js';
import { moveFocus } from './focus.ts';

export interface SegmentsOptions<Id extends string> {
  testid: string;
  label: string;
  value: Id;
  options: readonly { id: Id; label: string; about?: string; disabled?: boolean }[];
  onChange: (id: Id) => void;
}

/** One of a few that are all in sight: a group of radio buttons drawn as one bar. */
export function segments<Id extends string>({ testid, label, value, options, onChange }: SegmentsOptions<Id>): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    const choices = [...(event.currentTarget as Element).querySelectorAll<HTMLButtonElement>('[role=radio]:not(:disabled)')];
    const chosen = moveFocus(event, choices);
    if (!chosen) return;
    event.preventDefault();
    chosen.click();
  };
  return html`<div class="segments" role="radiogroup" aria-label=${label} data-testid=${testid} @keydown=${onKey}>
    ${options.map(
      ({ id, label: text, about, disabled }) => html`<button
        class=${classMap({ segment: true, chosen: id === value })}
        role="radio"
        aria-checked=${id === value}
        tabindex=${id === value ? 0 : -1}
        data-testid="${testid}-${id}"
        title=${about ?? ''}
        ?disabled=${disabled ?? false}
        @click=${() => id !== value && onChange(id)}
      >
        ${text}
      </button>`,
    )}
  </div>`;
}
