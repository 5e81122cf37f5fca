import { html, nothing, type TemplateResult } from 'lit';
import type { Flow } from '../flow.ts';
import type { PageState } from '../state.ts';
import { usualWhole, type WholeSection } from './choices.ts';

export interface SectionOptions {
  id: WholeSection;
  title: string;
  /** What is to be known of it while it is folded. */
  gist: string;
  /** Made only while it is open. */
  body: () => TemplateResult;
}

/** A part of the page that folds. */
export function section(state: PageState, flow: Flow, { id, title, gist, body }: SectionOptions): TemplateResult {
  const open = !(state.choices.whole ?? usualWhole).folded.includes(id);
  const toggled = (event: Event) => flow.whole.fold(id, (event.currentTarget as HTMLDetailsElement).open);
  return html`<details class="whole-section" data-testid="whole-${id}" ?open=${open} @toggle=${toggled}>
    <summary><h3 class="whole-title">${title}</h3><span class="whole-gist" data-testid="gist-${id}">${gist}</span></summary>
    ${open ? html`<div class="whole-body">${body()}</div>` : nothing}
  </details>`;
}
