import { html, type nothing, type TemplateResult } from 'lit';
import type { Slot } from '../../page/ask.ts';
import { errorView } from '../../page/errorView.ts';
import type { Flow } from '../flow.ts';
import type { Section } from './unitAsks.ts';

/** A part of the unit's page under its title. */
export function section(testid: string, title: string, content: TemplateResult | typeof nothing): TemplateResult {
  return html`<section class="unit-section" data-testid=${testid} aria-label=${title}>
    <h3 class="card-title">${title}</h3>
    ${content}
  </section>`;
}

/** What is there of an answer; what went wrong, with another try; a skeleton while nothing is there. */
export function answered<T>(slot: Slot<T>, of: Section, flow: Flow, view: (value: T) => TemplateResult): TemplateResult {
  const { value, error } = slot;
  if (error) {
    return errorView(error, { retry: () => flow.unit.again(of), showLog: () => flow.showLog() });
  }
  return value === undefined ? html`<p class="skeleton line" data-testid="${of}-skeleton"></p>` : view(value);
}
