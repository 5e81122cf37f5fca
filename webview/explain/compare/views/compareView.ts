import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { describeError } from '../../../../src/shared/errors.ts';
import { errorView } from '../../../page/errorView.ts';
import { segments } from '../../../ui/segments.ts';
import type { Actions } from '../../actions.ts';
import type { PageState } from '../../state.ts';
import { kindOf, kinds } from '../choices.ts';
import { otherOf } from '../comparison.ts';
import { type GridModel, gridModel, tally } from '../gridModel.ts';
import { compareBar } from './compareBar.ts';
import { compareControls } from './compareControls.ts';
import { enlargedView } from './enlargedView.ts';
import { gridView } from './gridView.ts';
import { methodPicker } from './methodPicker.ts';
import { needsOther } from './otherView.ts';
import { observeWidth } from './width.ts';

/** The comparison: what is compared, from what, how it looks; and the grid. */
export function compareView(state: PageState, actions: Actions): TemplateResult {
  const { compare } = actions;
  const model = gridModel(state);
  const kind = kindOf(state.choices.compare ?? {});
  return html`<section
    class="compare"
    aria-label="Compare"
    data-testid="compare"
    data-kind=${kind}
    data-state=${stateOf(state, model)}
    ${ref(observeWidth((width) => compare.resized(width)))}
  >
    ${loadPicture(state, actions)}
    ${segments({ testid: 'kind', label: 'What to compare', value: kind, options: kinds, onChange: (id) => compare.choose({ kind: id }) })}
    ${state.prediction ? content(state, model, actions) : waiting(state)}
    <p class="visually-hidden" role="status" aria-live="polite" data-testid="compare-status">${spoken(state, model)}</p>
  </section>`;
}

/** Explain's stage, which loads the picture, may never have been there. */
function loadPicture({ picture }: PageState, { flow }: Actions): TemplateResult | typeof nothing {
  if (!picture?.url) return nothing;
  return html`<img
    hidden
    crossorigin="anonymous"
    alt=""
    src=${picture.url}
    @load=${(event: Event) => flow.pictureLoaded(event.target as HTMLImageElement)}
    @error=${() => flow.pictureFailed()}
  />`;
}

function content(state: PageState, model: GridModel, actions: Actions): TemplateResult {
  const { kind, needs } = model.comparison;
  return html`${compareControls(state, actions.compare)}
    ${state.compare.choosingMethods && kind !== 'depth' ? methodPicker(state, actions.compare) : nothing}
    ${needs ? needsOther(state, needs, actions.compare) : maps(state, model, actions)}`;
}

/** As in Explain: a cold start may take seconds. */
function waiting({ subject }: PageState): TemplateResult {
  return html`<div class="compare-waiting" data-testid="compare-waiting">
    <div class="skeleton line"></div>
    <div class="skeleton line short"></div>
    <p class="small late">Loading ${subject?.modelName ?? 'the model'} and classifying…</p>
  </div>`;
}

function maps(state: PageState, model: GridModel, actions: Actions): TemplateResult {
  const failure = otherOf(state)?.failure;
  if (failure) {
    const what = kindOf(state.choices.compare ?? {}) === 'images' ? 'image' : 'model';
    return html`<div class="card">
      ${errorView(failure, { retry: () => actions.compare.again(), showLog: () => actions.showLog() })} ${needsOther(state, what, actions.compare)}
    </div>`;
  }
  const enlarged = model.comparison.cells.find(({ key }) => key === state.compare.enlarged);
  return html`${compareBar(state, model, actions)}
    ${enlarged ? enlargedView(state, model, enlarged, actions.compare) : gridView(state, model, actions.compare)}`;
}

function stateOf(state: PageState, model: GridModel): 'busy' | 'stopped' | 'ready' {
  if (model.comparison.needs) return 'ready';
  const { total, settled } = tally(model);
  if (settled >= total && (total > 0 || state.prediction)) return 'ready';
  return state.compare.stopped ? 'stopped' : 'busy';
}

/** What a screen reader hears, in steps of a quarter. */
function spoken(state: PageState, model: GridModel): string {
  const { chooseFailure } = state.compare;
  if (chooseFailure) return describeError(chooseFailure);
  const { total, settled, failed } = tally(model);
  if (total === 0) return '';
  if (state.compare.stopped && settled < total) return `Stopped at ${settled} of ${total} maps`;
  const quarter = Math.floor((4 * settled) / total) * 25;
  if (quarter < 100) return `Computing ${total} maps, ${quarter} %`;
  return failed > 0 ? `${total - failed} maps ready, ${failed} not` : `${total} maps ready`;
}
