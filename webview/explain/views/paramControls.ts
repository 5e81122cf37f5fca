import { nothing, type TemplateResult } from 'lit';
import type { MethodInfo } from '../../../src/shared/protocol.ts';
import { paramFields } from '../../page/paramFields.ts';
import type { Actions } from '../actions.ts';
import { shown } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** The chosen method's parameters. */
export function paramControls(state: PageState, { id, label, params }: MethodInfo, actions: Actions): TemplateResult | typeof nothing {
  if (params.length === 0) return nothing;
  return paramFields({
    label,
    params,
    chosen: state.choices.params?.[id] ?? {},
    used: shown(state).map?.params,
    onChange: (param, value) => actions.chooseParam(param, value),
    onReset: () => actions.resetParams(),
  });
}
