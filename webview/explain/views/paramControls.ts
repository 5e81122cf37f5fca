import { html, nothing, type TemplateResult } from 'lit';
import type { MethodInfo, ParamInfo } from '../../../src/shared/protocol.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { numberField } from '../../ui/fields.ts';
import type { Actions } from '../actions.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** The chosen method's parameters, each with its sentence. */
export function paramControls(state: PageState, method: MethodInfo, actions: Actions): TemplateResult | typeof nothing {
  if (method.params.length === 0) return nothing;
  const chosen = state.choices.params?.[method.id] ?? {};
  const changed = method.params.some(({ id }) => chosen[id] !== undefined);
  return html`<div class="params" role="group" aria-label="Parameters of ${method.label}" data-testid="params">
    ${method.params.map((info) => param(state, method, info, actions))}
    <button class="link reset" data-testid="reset-params" ?disabled=${!changed} @click=${() => actions.resetParams()}>Reset to defaults</button>
  </div>`;
}

function param(state: PageState, method: MethodInfo, info: ParamInfo, actions: Actions): TemplateResult {
  const { id, label, about, min, max, step } = info;
  const value = state.choices.params?.[method.id]?.[id] ?? info.default;
  const common = { testid: `param-${id}`, label, about };
  if (info.options) {
    const options = info.options.map((each) => ({ id: each, label: each }));
    return dropdown({ ...common, value: String(value), options, onChange: (v) => actions.chooseParam(id, v) });
  }
  // A default below what may be chosen stands for "the method chooses".
  const automatic = min !== undefined && Number(value) < min;
  const used = Number(shown(state).map?.params[id]);
  return numberField({
    ...common,
    value: automatic ? undefined : Number(value),
    automatic: Number.isFinite(used) ? used : undefined,
    min,
    max,
    step,
    onChange: (v) => actions.chooseParam(id, v),
  });
}
