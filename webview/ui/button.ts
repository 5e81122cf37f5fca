import { html, nothing, type TemplateResult } from 'lit';
import { ifDefined } from 'lit/directives/if-defined.js';
import { type IconName, icon } from './icons.ts';
import './toolkit.ts';

export interface ButtonOptions {
  testid: string;
  label: string;
  onClick: (event: Event) => void;
  appearance?: 'primary' | 'secondary';
  icon?: IconName;
  disabled?: boolean;
}

/** A button with a word on it. */
export function button({ testid, label, onClick, appearance = 'secondary', icon: name, disabled = false }: ButtonOptions): TemplateResult {
  return html`<vscode-button data-testid=${testid} appearance=${appearance} ?disabled=${disabled} @click=${onClick}
    >${name ? icon(name, 'start') : nothing}${label}</vscode-button
  >`;
}

export interface IconButtonOptions {
  testid: string;
  label: string;
  icon: IconName;
  onClick?: () => void;
  pressed?: boolean;
  disabled?: boolean;
}

/** A button with an icon; its name is its tooltip and what a screen reader says. */
export function iconButton({ testid, label, icon: name, onClick, pressed, disabled = false }: IconButtonOptions): TemplateResult {
  return html`<vscode-button
    data-testid=${testid}
    appearance="icon"
    aria-label=${label}
    title=${label}
    aria-pressed=${ifDefined(pressed === undefined ? undefined : String(pressed))}
    ?disabled=${disabled}
    @click=${onClick ?? nothing}
    >${icon(name)}</vscode-button
  >`;
}
