import { html, nothing, type TemplateResult } from 'lit';
import type { ErrorRecord } from '../../../src/shared/errors.ts';
import { button, iconButton } from '../../ui/button.ts';
import { icon } from '../../ui/icons.ts';
import type { Actions } from '../actions.ts';
import type { PageState } from '../state.ts';

/** Things about the model to know that stop nothing. */
export function banner({ prediction, warningsHidden }: PageState, actions: Actions): TemplateResult | typeof nothing {
  const warnings = prediction?.model.warnings ?? [];
  if (warnings.length === 0 || warningsHidden) return nothing;
  return html`<aside class="banner" data-testid="warnings" aria-label="Warnings">
    <span class="warning-icon">${icon('warning')}</span>
    <div class="banner-body">
    <ul>
      ${warnings.map((warning) => html`<li>${text(warning)}</li>`)}
    </ul>
    ${warnings.some((w) => w.code === 'labels' || w.code === 'input') ? button({ testid: 'banner-sidecar', label: 'Open glassbox.json', onClick: () => actions.openSidecar() }) : nothing}
    </div>
    ${iconButton({ testid: 'hide-warnings', label: 'Hide warnings', icon: 'close', onClick: () => actions.hideWarnings() })}
  </aside>`;
}

function text({ message, hint, file }: ErrorRecord): TemplateResult {
  return html`<span title=${file ?? ''}>${message}</span> ${hint ?? nothing}`;
}
