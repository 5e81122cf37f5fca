import { html, nothing, type TemplateResult } from 'lit';
import { button, iconButton } from '../../../ui/button.ts';
import { checkbox, range } from '../../../ui/fields.ts';
import { segments } from '../../../ui/segments.ts';
import { vars } from '../../../ui/vars.ts';
import type { Actions } from '../../actions.ts';
import type { PageState } from '../../state.ts';
import { type Sharing, sharingOf } from '../choices.ts';
import { type CompareActions, isPassing } from '../compareActions.ts';
import { type GridModel, gridModel, pictureOf, tally } from '../gridModel.ts';
import { scaleLegend } from './scaleLegend.ts';

const sharings: readonly { id: Sharing; label: string; about: string }[] = [
  { id: 'map', label: 'per map', about: 'Every map uses all its colours: shapes can be compared, strengths cannot.' },
  { id: 'row', label: 'per row', about: 'The maps of a row share one scale: the same colour is the same value.' },
  { id: 'all', label: 'for all', about: 'All maps of the same unit share one scale. Maps of different units never do.' },
];

/** How the grid looks, its scale, how far it is: in sight while scrolling. */
export function compareBar(state: PageState, model: GridModel, actions: Actions): TemplateResult {
  const { compare } = actions;
  const sharing = sharingOf(state.choices.compare ?? {});
  const offered = model.comparison.kind === 'depth' ? sharings.filter(({ id }) => id !== 'row') : sharings;
  return html`<div class="compare-bar" data-testid="compare-bar">
      <div class="bar-line">
        <span class="bar-item"><span class="small">Colour scale</span>
          ${segments({ testid: 'sharing', label: 'Colour scale', value: sharing, options: offered, onChange: (id) => compare.chooseSharing(id) })}</span>
        <span class="bar-item">${checkbox('over-picture', 'Over the picture', state.choices.compare?.bare !== true, (on) => compare.choose({ bare: !on }))}</span>
        ${state.choices.compare?.bare ? nothing : html`<span class="bar-item">${opacity(state, (value) => actions.look({ opacity: value }))}</span>`}
      </div>
      ${scaleLegend(state, model)}
      <div class="bar-line probe-line">
        <p class="small probe-place" data-testid="compare-probe">${place(state)}</p>
        ${progress(state, model, compare)}
      </div>
    </div>`;
}

function progress(state: PageState, model: GridModel, compare: CompareActions): TemplateResult {
  const { total, settled, failed } = tally(model);
  const count = `${settled} of ${total}`;
  if (settled < total && state.compare.stopped)
    return html`<span class="bar-item grow"><span class="progress-text" data-testid="compare-count">stopped at ${count}</span>
      ${button({ testid: 'compare-resume', label: 'Go on', onClick: () => compare.resume() })}</span>`;
  if (settled < total)
    return html`<span class="bar-item grow">
      <span class="progress-bar" role="progressbar" aria-label="Maps" aria-valuemin="0" aria-valuemax=${total} aria-valuenow=${settled}
        ><span ${vars({ '--done': String(settled / total) })}></span></span>
      <span class="progress-text" data-testid="compare-count">${count}</span>
      ${button({ testid: 'compare-cancel', label: 'Cancel', onClick: () => compare.cancel() })}</span>`;
  const passing = [...model.contents.values()].some((each) => each.state === 'failed' && isPassing(each.error));
  return html`<span class="bar-item grow">
    <span class="small" data-testid="compare-count">${total} ${total === 1 ? 'map' : 'maps'}${failed > 0 ? `, ${failed} not possible` : ''}</span>
    ${passing ? button({ testid: 'compare-again', label: 'Try again', onClick: () => compare.again() }) : nothing}</span>`;
}

function place(state: PageState): string {
  const { probe } = state.compare;
  if (!probe) return 'Point at a map to read that place in all of them. Click or Enter opens it.';
  const { size } = pictureOf(state, 'own');
  return `x ${Math.floor(probe.u * size.width)}, y ${Math.floor(probe.v * size.height)}: raw values under each map`;
}

/** Of all maps over their pictures: the same as in Explain. */
function opacity(state: PageState, onInput: (value: number) => void): TemplateResult {
  const value = state.choices.opacity ?? 0.55;
  return range({
    testid: 'grid-opacity',
    label: 'Opacity',
    min: 0,
    max: 1,
    step: 0.05,
    value,
    text: `${Math.round(value * 100)} %`,
    onInput,
  });
}

/** Stands where Explain has its own. */
export function exportButton(state: PageState, compare: CompareActions): TemplateResult {
  return iconButton({
    testid: 'export-grid',
    label: 'Export this comparison as a picture, with labels and scales',
    icon: 'save',
    disabled: tally(gridModel(state)).settled === 0,
    onClick: () => void compare.export(),
  });
}
