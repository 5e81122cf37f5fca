import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import { percent } from '../../draw/format.ts';
import { button, iconButton } from '../../ui/button.ts';
import { kernelTile } from '../filters/kernelTile.ts';
import type { Flow } from '../flow.ts';
import { collectionView } from '../patches/collectionView.ts';
import { collectedLayer } from '../patches/selectors.ts';
import { pictures } from '../patches/toolsView.ts';
import { currentLayer, currentUnit } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { unitVisualisation } from '../visualise/unitVisualisation.ts';
import { classesView } from './classesView.ts';
import { histogramView } from './histogramView.ts';
import { mapsView } from './mapsView.ts';
import { answered, section } from './section.ts';
import { topView } from './topView.ts';

/** Stable, so that it is called when the title comes only. */
let opened: (title: HTMLElement) => void = () => {};
const mounted = (element: Element | undefined) => {
  // The cell that led here is gone: the focus goes to what has come.
  if (element) queueMicrotask(() => opened(element as HTMLElement));
};

/** All that is known of one unit. */
export function unitView(state: UnitsState, flow: Flow): TemplateResult {
  const layer = currentLayer(state);
  const unit = currentUnit(state);
  if (!layer || unit === undefined) return html``;
  const collected = collectedLayer(state) !== undefined;
  const { summary, classes, kernel } = state.unit;
  return html`<article class="unit-page" data-testid="unit-page" data-unit=${unit}>
    ${head(state, layer, unit, flow)}
    ${section('section-patches', 'Top patches', html`${collected && !state.patches.collecting ? nothing : collectionView(state, flow)} ${collected ? topView(state, flow) : nothing}`)}
    ${section('section-maps', 'Where it is active', mapsView(state, flow))}
    <div class="unit-numbers">
      ${collected ? section('section-histogram', 'Activations', answered(summary, 'summary', flow, histogramView)) : nothing}
      ${section(
        'section-classes',
        'Classes it speaks for',
        answered(classes, 'classes', flow, (value) => classesView(value, state, flow)),
      )}
      ${
        layer.filters
          ? section(
              'section-kernel',
              'Its kernel',
              answered(kernel, 'kernel', flow, (filters) => kernelTile({ filters, unit, scale: 'shared', width: 272 })),
            )
          : nothing
      }
      ${section('section-visualisation', 'What excites it', unitVisualisation(state, flow, { kind: 'unit', layer: layer.name, unit, cells: state.choices.visualise.cells }))}
    </div>
  </article>`;
}

function head(state: UnitsState, layer: { name: string; units: number }, unit: number, flow: Flow): TemplateResult {
  opened = (title) => flow.unit.opened(title);
  return html`<header class="unit-header">
    ${button({ testid: 'unit-back', label: 'Back', icon: 'left', onClick: () => flow.closeUnit() })}
    <h2 class="unit-title" tabindex="-1" data-testid="unit-title" ${ref(mounted)}>${layer.name} · unit ${unit}</h2>
    <span class="unit-steps">
      ${iconButton({ testid: 'unit-previous', label: 'Previous unit', icon: 'left', disabled: unit === 0, onClick: () => flow.openUnit(unit - 1) })}
      ${iconButton({ testid: 'unit-next', label: 'Next unit', icon: 'right', disabled: unit >= layer.units - 1, onClick: () => flow.openUnit(unit + 1) })}
    </span>
    <p class="small unit-words" data-testid="unit-words">${words(state)}</p>
  </header>`;
}

/** What kind of unit it is. */
function words(state: UnitsState): string {
  const summary = state.unit.summary.value;
  if (!summary) return '';
  const on = `these ${pictures(summary.images)}`;
  if (summary.state === 'dead')
    return summary.max > summary.min
      ? `Dead: no cell of ${on} rises above the lower end of its activation function.`
      : `Dead: it has the same value in all cells of ${on}.`;
  const high = currentLayer(state)?.bounds.high;
  if (summary.state === 'saturated')
    return `Saturated: ${percent(summary.saturation)} of its cells on ${on} are at the upper end of its activation function${high === undefined ? '' : `, ${high}`}.`;
  return `Active in ${percent(summary.active)} of its cells on ${on}.`;
}
