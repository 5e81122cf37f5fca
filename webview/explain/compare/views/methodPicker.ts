import { html, nothing, type TemplateResult } from 'lit';
import type { MethodFamily, MethodInfo } from '../../../../src/shared/protocol.ts';
import { button } from '../../../ui/button.ts';
import { checkbox } from '../../../ui/fields.ts';
import { currentLayer } from '../../selectors.ts';
import type { PageState } from '../../state.ts';
import type { CompareActions } from '../compareActions.ts';
import { costOf } from '../cost.ts';
import { chosenRefs, refOf, refusalOf } from '../methodRefs.ts';

const families: readonly { id: MethodFamily; label: string }[] = [
  { id: 'cam', label: 'Class activation maps' },
  { id: 'backpropagation', label: 'Backpropagation' },
  { id: 'relevance', label: 'Relevance' },
  { id: 'perturbation', label: 'Perturbation' },
];

/** Which methods stand in the rows, by family; the variants of those that do. */
export function methodPicker(state: PageState, compare: CompareActions): TemplateResult {
  const chosen = new Set(chosenRefs(state).map((ref) => ref.id));
  return html`<fieldset class="pick" data-testid="method-picker">
    <legend class="visually-hidden">Methods in the comparison</legend>
    ${families.map(({ id, label }) => {
      const methods = state.methods.filter((m) => m.family === id);
      if (methods.length === 0) return nothing;
      return html`<div class="pick-family">
        <h3 class="card-title">${label}</h3>
        ${methods.map((method) => choice(state, method, chosen, compare))}
      </div>`;
    })}
    <div class="buttons pick-buttons">
      ${button({ testid: 'usual-methods', label: 'Usual choice', onClick: () => compare.usualMethods() })}
      ${button({ testid: 'methods-done', label: 'Done', onClick: () => compare.openMethods(false) })}
    </div>
  </fieldset>`;
}

function choice(state: PageState, method: MethodInfo, chosen: ReadonlySet<string>, compare: CompareActions): TemplateResult {
  const refusal = refusalOf(state.prediction, method);
  if (refusal) return html`<p class="small pick-said" title=${refusal.hint ?? ''}>${method.label}: ${refusal.message}</p>`;
  const variants = method.variants.map((v) => refOf(state, method, v.id));
  const own = variants.filter((ref) => chosen.has(ref.id));
  const usual = refOf(state, method);
  const toggle = (on: boolean) => {
    if (on) return compare.toggleMethod(usual.id, true);
    for (const ref of variants.length > 0 ? own : [usual]) compare.toggleMethod(ref.id, false);
  };
  const on = own.length > 0 || chosen.has(usual.id);
  return html`<div class="pick-method" title=${method.about}>
    ${checkbox(`pick-${method.id}`, method.label, on, toggle)}
    ${method.slow ? html`<p class="small pick-said">slow: ${costOf(state, method, currentLayer(state))}</p>` : nothing}
    ${on && method.variants.length > 1 ? variantChoices(method, chosen, compare) : nothing}
  </div>`;
}

function variantChoices(method: MethodInfo, chosen: ReadonlySet<string>, compare: CompareActions): TemplateResult {
  return html`<div class="pick-variants">
    ${method.variants.map(({ id, label, about }) => {
      const ref = `${method.id}:${id}`;
      return html`<div title=${about}>${checkbox(`pick-${ref}`, label, chosen.has(ref), (on) => compare.toggleMethod(ref, on))}</div>`;
    })}
  </div>`;
}
