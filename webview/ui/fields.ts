import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { type Track, trackOf } from './track.ts';
import { vars } from './vars.ts';
import './toolkit.ts';

export interface RangeOptions {
  testid: string;
  label: string;
  min: number;
  max: number;
  step: number;
  value: number;
  /** What the value means, shown at the right and said by screen readers. */
  text: string;
  onInput: (value: number) => void;
  disabled?: boolean;
  /** Id of the element that explains it. */
  describedBy?: string;
}

/** A native range: the toolkit has none. */
export function range(o: RangeOptions): TemplateResult {
  const share = o.max > o.min ? (o.value - o.min) / (o.max - o.min) : 1;
  return html`<div class="field">
    <label class="field-label" for=${o.testid}>${o.label}<span class="field-value">${o.text}</span></label>
    <input
      type="range"
      id=${o.testid}
      data-testid=${o.testid}
      min=${o.min}
      max=${o.max}
      step=${o.step}
      .value=${live(String(o.value))}
      aria-valuetext=${o.text}
      aria-describedby=${o.describedBy ?? nothing}
      ?disabled=${o.disabled ?? false}
      ${vars({ '--share': String(share) })}
      @input=${(event: Event) => o.onInput(Number((event.target as HTMLInputElement).value))}
    />
  </div>`;
}

export function checkbox(testid: string, label: string, checked: boolean, onChange: (checked: boolean) => void): TemplateResult {
  const changed = (event: Event) => {
    const now = (event.target as HTMLInputElement).checked;
    if (now !== checked) onChange(now);
  };
  return html`<vscode-checkbox data-testid=${testid} .checked=${checked} @change=${changed}>${label}</vscode-checkbox>`;
}

export interface NumberOptions {
  testid: string;
  label: string;
  about: string;
  /** Undefined: the method chooses by itself. */
  value: number | undefined;
  /** What it chose. */
  automatic: number | undefined;
  min?: number | undefined;
  max?: number | undefined;
  step?: number | undefined;
  /** Undefined: emptied, the method shall choose. */
  onChange: (value: number | undefined) => void;
}

/** A native number field, with a slider where its range suits one. Tells only what was settled on, and nothing out of bounds. */
export function numberField(o: NumberOptions): TemplateResult {
  const changed = (event: Event) => {
    const input = event.target as HTMLInputElement;
    if (input.checkValidity()) o.onChange(input.value === '' ? undefined : input.valueAsNumber);
  };
  const track = trackOf(o.min, o.max, o.step);
  return html`<div class="field param">
    <label class="field-label" for=${o.testid}>${o.label}</label>
    <div class="param-inputs">
      ${track ? slider(o, track) : nothing}
      <input
        type="number"
        class="number"
        id=${o.testid}
        data-testid=${o.testid}
        aria-describedby="${o.testid}-about"
        min=${o.min ?? nothing}
        max=${o.max ?? nothing}
        step=${o.step ?? 'any'}
        placeholder=${o.automatic === undefined ? 'auto' : `auto: ${o.automatic}`}
        .value=${live(o.value === undefined ? '' : String(o.value))}
        @change=${changed}
      />
    </div>
    <p class="small" id="${o.testid}-about">${o.about}</p>
  </div>`;
}

/** Shows in the field beside it what it is dragged to. */
function slider(o: NumberOptions, track: Track): TemplateResult {
  const value = o.value ?? o.automatic;
  const at = value === undefined ? 0 : track.place(value);
  const read = (event: Event) => track.value((event.target as HTMLInputElement).valueAsNumber);
  const dragged = (event: Event) => {
    const input = event.target as HTMLInputElement;
    input.style.setProperty('--share', String(input.valueAsNumber / track.places));
    input.ariaValueText = String(read(event));
    const field = input.nextElementSibling;
    if (field instanceof HTMLInputElement) field.value = String(read(event));
  };
  return html`<input
    type="range"
    data-testid="${o.testid}-range"
    aria-label=${o.label}
    aria-describedby="${o.testid}-about"
    aria-valuetext=${value ?? 'automatic'}
    min="0"
    max=${track.places}
    step="1"
    .value=${live(String(at))}
    ${vars({ '--share': String(at / track.places) })}
    @input=${dragged}
    @change=${(event: Event) => o.onChange(read(event))}
  />`;
}

export function spinner(): TemplateResult {
  return html`<vscode-progress-ring aria-hidden="true"></vscode-progress-ring>`;
}
