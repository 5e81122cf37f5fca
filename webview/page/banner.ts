import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorRecord } from '../../src/shared/errors.ts';
import { button, iconButton } from '../ui/button.ts';
import { icon } from '../ui/icons.ts';

export interface BannerOptions {
  warnings: readonly ErrorRecord[];
  onHide: () => void;
  /** Undefined: the sidecar is not opened from here. */
  onOpenSidecar?: () => void;
}

/** Things about the model to know that stop nothing. */
export function banner({ warnings, onHide, onOpenSidecar }: BannerOptions): TemplateResult | typeof nothing {
  if (warnings.length === 0) return nothing;
  const sidecarHelps = warnings.some(({ code }) => code === 'labels' || code === 'input');
  return html`<aside class="banner" data-testid="warnings" aria-label="Warnings">
    <span class="warning-icon">${icon('warning')}</span>
    <div class="banner-body">
    <ul>
      ${warnings.map((warning) => html`<li>${text(warning)}</li>`)}
    </ul>
    ${sidecarHelps && onOpenSidecar ? button({ testid: 'banner-sidecar', label: 'Open glassbox.json', onClick: onOpenSidecar }) : nothing}
    </div>
    ${iconButton({ testid: 'hide-warnings', label: 'Hide warnings', icon: 'close', onClick: onHide })}
  </aside>`;
}

function text({ message, hint, file }: ErrorRecord): TemplateResult {
  return html`<span title=${file ?? ''}>${message}</span> ${hint ?? nothing}`;
}
