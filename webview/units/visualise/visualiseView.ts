import { html, nothing, type TemplateResult } from 'lit';
import { aboutCard } from '../../page/aboutCard.ts';
import { paramFields } from '../../page/paramFields.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { climbView } from './climbView.ts';
import { currentVisualiser, seedOf, shownClimb } from './selectors.ts';
import { setupView } from './setupView.ts';
import { thumbnails } from './thumbnails.ts';

/** What is to be climbed at one side, what comes of it at the other; in one column the picture comes second. */
export function visualiseView(state: UnitsState, flow: Flow): TemplateResult {
  const { visualise } = flow;
  const method = currentVisualiser(state);
  return html`<div class="visualise" data-testid="visualise" data-climb=${shownClimb(state)?.state ?? 'none'}>
    ${setupView(state, visualise)}
    <div class="visualise-main">${climbView(state, flow)} ${thumbnails(state, visualise)}</div>
    ${method ? params(state, flow, method) : nothing}
    ${method ? aboutCard(method, { open: state.choices.visualise.about, onToggle: (about) => toggle(state, flow, about) }) : nothing}
  </div>`;
}

/** The card tells of its being drawn open, too. */
function toggle({ choices }: UnitsState, { visualise }: Flow, about: boolean): void {
  if (choices.visualise.about !== about) visualise.choose({ about });
}

function params(state: UnitsState, { visualise }: Flow, method: NonNullable<ReturnType<typeof currentVisualiser>>) {
  const others = method.params.filter((param) => param !== seedOf(method));
  if (others.length === 0) return nothing;
  const shown = shownClimb(state);
  return html`<section class="card visualise-params" aria-label="Parameters">
    <h2 class="card-title">Parameters</h2>
    ${paramFields({
      label: method.label,
      params: others,
      chosen: state.choices.visualise.params[method.id] ?? {},
      used: shown?.request.method === method.id ? shown.result?.params : undefined,
      onChange: (id, value) => visualise.chooseParam(id, value),
      onReset: () => visualise.resetParams(),
    })}
  </section>`;
}
