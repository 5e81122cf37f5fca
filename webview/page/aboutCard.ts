import { html, type TemplateResult } from 'lit';
import { icon } from '../ui/icons.ts';

export interface About {
  label: string;
  /** What it shows. */
  about: string;
  formula: string;
  /** When it misleads. */
  misleads: string;
  /** Paper or implementation that it follows. */
  source: string;
}

export interface AboutCardOptions {
  open: boolean;
  onToggle: (open: boolean) => void;
  /** Stands under the formula. */
  more?: TemplateResult;
}

/** What a method shows, its formula, when it misleads, and where it is from. */
export function aboutCard(method: About, { open, onToggle, more = html`` }: AboutCardOptions): TemplateResult {
  const toggled = (event: Event) => onToggle((event.target as HTMLDetailsElement).open);
  return html`<details class="about-method" data-testid="about" ?open=${open} @toggle=${toggled}>
    <summary class="card-title">${icon('chevron')}About ${method.label}</summary>
    <div class="about-body">
      <p data-testid="method-about">${method.about}</p>
      <p class="formula" data-testid="formula" title=${method.formula}>${formula(method.formula)}</p>
      ${more}
      <p class="misleads" data-testid="misleads">${icon('warning')}<span><strong>May mislead.</strong> ${method.misleads}</span></p>
      <p class="small" data-testid="source">${method.source}</p>
    </div>
  </details>`;
}

/** `w_k`, `max_θ` with the index below the line. */
function formula(text: string): (string | TemplateResult)[] {
  return text.split(/_([A-Za-z0-9]+(?:,[A-Za-z0-9]+)*|[α-ω])/).map((part, i) => (i % 2 === 0 ? part : html`<sub>${part}</sub>`));
}
