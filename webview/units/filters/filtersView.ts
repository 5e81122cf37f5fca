import { html, nothing, type TemplateResult } from 'lit';
import type { FilterInfo } from '../../../src/shared/unitsProtocol.ts';
import { shape } from '../../draw/format.ts';
import { errorView } from '../../page/errorView.ts';
import { button } from '../../ui/button.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';
import { bankView } from './bankView.ts';
import { filterLegend } from './filterLegend.ts';
import { readingText } from './readingText.ts';
import { type BankLayer, bankLayer, canSort, chunkOf, currentLayout, isWhole } from './selectors.ts';

/** The weights that make the units of the layer. */
export function filtersView(state: UnitsState, flow: Flow): TemplateResult {
  const layer = bankLayer(state);
  if (!layer) return noKernels(state, flow);
  const { error, parts } = state.filters;
  const [part] = parts.values();
  const laid = currentLayout(state, layer);
  return html`<div class="filters" data-testid="filters">
    <p class="filters-facts" data-testid="filters-facts">${facts(layer)}</p>
    ${tools(state, layer, flow)}
    ${error ? errorView(error, { retry: () => flow.filters.retry(), showLog: () => void flow.ask(() => flow.client.call('showLog', {})) }) : nothing}
    <div class="filters-bar">
      ${laid && part ? filterLegend({ layout: laid.layout, max: part.max, scale: state.choices.filters.scale }) : nothing}
      <p class="small filters-reading" data-testid="filters-reading">${readingText(state, layer)}</p>
    </div>
    ${bankView(state, layer, flow)}
  </div>`;
}

function facts(layer: BankLayer): TemplateResult {
  const { filters, name, units } = layer;
  const whose = filters.layer === name ? '' : ` They are those of ${filters.layer}, whose units ${name} passes on.`;
  return html`<strong>${units} units</strong>, each with ${kernels(filters)}${grouped(filters, units)}.${whose}`;
}

function kernels({ kernel, inputs, colour }: FilterInfo): string {
  const size = shape(kernel);
  if (colour) return `a kernel ${size} over red, green and blue`;
  return inputs === 1 ? `one kernel ${size}` : `${inputs} kernels ${size}, one for each input channel`;
}

function grouped({ group, inputs }: FilterInfo, units: number): string {
  if (group === 1) return '';
  return inputs === 1 ? ', for an input channel of its own' : ` of its group (${group} groups of ${units / group} units)`;
}

function tools(state: UnitsState, layer: BankLayer, { filters }: Flow): TemplateResult {
  const { scale, order } = state.choices.filters;
  const sortable = canSort(layer);
  return html`<div class="filters-tools">
    ${segments({
      testid: 'filters-scale',
      label: 'Scale',
      value: scale,
      options: [
        { id: 'shared', label: 'One scale', about: 'colours end at the largest weight of the layer: units can be compared' },
        { id: 'own', label: 'A scale each', about: 'colours end at the largest weight of each unit: faint ones are seen' },
      ],
      onChange: (id) => filters.choose({ scale: id }),
    })}
    ${segments({
      testid: 'filters-order',
      label: 'Order',
      value: sortable ? order : 'number',
      options: [
        { id: 'number', label: 'By number' },
        {
          id: 'norm',
          label: 'By norm',
          about: sortable ? '√Σw², largest first' : 'there are too many weights to read them all',
          disabled: !sortable,
        },
      ],
      onChange: (id) => filters.choose({ order: id }),
    })}
    ${order === 'norm' && sortable && !isWhole(state, layer) ? html`<span class="small" role="status" data-testid="filters-sorting">${reading(state, layer)}</span>` : nothing}
  </div>`;
}

function reading({ filters }: UnitsState, layer: BankLayer): string {
  return `Reading all kernels to sort them: ${filters.parts.size} of ${Math.ceil(layer.units / chunkOf(layer.filters))}`;
}

/** A sum or a pool has none: the nearest layer before it that has. */
function noKernels(state: UnitsState, flow: Flow): TemplateResult {
  const layer = currentLayer(state);
  const layers = state.units?.layers ?? [];
  const at = layer ? layers.indexOf(layer) : -1;
  const other = layers.slice(0, Math.max(0, at)).findLast(({ filters }) => filters) ?? layers.find(({ filters }) => filters);
  return html`<div class="filters" data-testid="filters-none">
    <p>${layer ? html`<strong>${layer.name}</strong> (${layer.kind}) has no kernels: its units are computed without weights of their own.` : 'This model has no layer with units.'}</p>
    ${
      other
        ? button({ testid: 'filters-other', label: `Show those of ${other.name}`, onClick: () => flow.chooseLayer(other.name) })
        : nothing
    }
  </div>`;
}
