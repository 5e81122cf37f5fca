import { html, type TemplateResult } from 'lit';
import type { Flow } from '../flow.ts';
import type { ComparisonState } from '../state.ts';
import { classesView } from './classesView.ts';
import { confusionView } from './confusionView.ts';
import { flipsView } from './flipsView.ts';
import { litView } from './litView.ts';
import { mapsView } from './mapsView.ts';
import { setModel } from './setModel.ts';

/** The whole data set under both: what flipped, where both put it in feature space, what is taken for what. */
export function setView(state: ComparisonState, flow: Flow): TemplateResult {
  const { results, subject } = state;
  const { from, to } = results.wholes;
  if (!from || !to) {
    const missing = [from ? [] : [subject?.from.name], to ? [] : [subject?.to.name]].flat();
    return missingView(
      `The data set is not evaluated at ${missing.join(' and ')} yet.`,
      'Switch its evaluation on in the Training view; it goes on while this panel or that view is open.',
    );
  }
  const model = setModel(from, to);
  if (!model) return missingView('The two were evaluated on different pictures or classes.', 'Nothing of them can be subtracted.');
  return html`<section class="compared-set" aria-label="Data set" data-testid="set">
    ${mapsView(state, model, flow)} ${litView(state, model, flow)} ${flipsView(state, model, flow)}
    <div class="set-tables">${classesView(model)} ${confusionView(model, subject)}</div>
  </section>`;
}

function missingView(what: string, next: string): TemplateResult {
  return html`<section class="compared-set" data-testid="set-missing"><p>${what}</p><p class="small">${next}</p></section>`;
}
