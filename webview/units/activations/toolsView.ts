import { html, nothing, type TemplateResult } from 'lit';
import type { UnitLayer, UnitWall } from '../../../src/shared/unitsProtocol.ts';
import { percent } from '../../draw/format.ts';
import { colorMapFor, colorMapsFor } from '../../draw/palette.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { checkbox } from '../../ui/fields.ts';
import { focusPlace } from '../../ui/focusPlace.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import type { UnitsState } from '../state.ts';
import { currentOrder, datasetUnits, isVector } from './selectors.ts';
import { sharedScale } from './wallScale.ts';

/** Order, what a map shows, its colours, and a unit by its number. */
export function toolsView(state: UnitsState, wall: UnitWall, layer: UnitLayer, flow: Flow): TemplateResult {
  const { activations } = flow;
  const { over, scale, smooth } = state.choices.activations;
  const kind = sharedScale(wall).kind;
  return html`<div class="activation-tools">
    ${order(state, wall, flow)}
    ${segments({
      testid: 'map-scale',
      label: 'Scale',
      value: scale,
      options: [
        { id: 'shared', label: 'One scale', about: 'colours end at the largest value of the layer: units can be compared' },
        { id: 'own', label: 'A scale each', about: 'colours end at the largest value of each unit: weak ones are seen' },
      ],
      onChange: (id) => activations.choose({ scale: id }),
    })}
    ${segments({
      testid: 'map-over',
      label: 'Maps',
      value: over && !isVector(layer) ? 'over' : 'alone',
      options: [
        isVector(layer)
          ? { id: 'over', label: 'Over the picture', about: 'A number stands for all of the picture', disabled: true }
          : { id: 'over', label: 'Over the picture' },
        { id: 'alone', label: 'Maps alone' },
      ],
      onChange: (id) => activations.choose({ over: id === 'over' }),
    })}
    ${dropdown({
      testid: 'map-colours',
      label: 'Colours',
      value: colorMapFor({ kind }, state.choices.activations),
      options: colorMapsFor({ kind }),
      onChange: (id) => activations.choose(kind === 'diverging' ? { divergingMap: id } : { colorMap: id }),
    })}
    ${finder(layer, flow)}
    ${isVector(layer) ? nothing : checkbox('map-smooth', 'Interpolate between cells', smooth, (now) => activations.choose({ smooth: now }))}
  </div>`;
}

function order(state: UnitsState, wall: UnitWall, { activations }: Flow): TemplateResult {
  const units = datasetUnits(state, wall);
  const unusual = units
    ? { about: `largest value in multiples of the unit’s threshold, which ${percent(units.quantile)} of all cells of the data set exceed` }
    : { about: `needs what the data set says of ${wall.layer}: collect it under Patches`, disabled: true };
  return segments({
    testid: 'map-order',
    label: 'Order',
    value: currentOrder(state, wall),
    options: [
      { id: 'max', label: 'Maximum' },
      { id: 'mean', label: 'Mean' },
      { id: 'unusual', label: 'Unusual', ...unusual },
      { id: 'unit', label: 'Number' },
    ],
    onChange: (id) => activations.choose({ order: id }),
  });
}

/** Enter leads to the unit. */
function finder(layer: UnitLayer, { activations }: Flow): TemplateResult {
  const find = (event: KeyboardEvent) => {
    const input = event.target as HTMLInputElement;
    if (event.key !== 'Enter' || !input.checkValidity() || input.value === '') return;
    event.preventDefault();
    const place = activations.find(input.valueAsNumber);
    const wall = input.closest('.activations')?.querySelector('.activation-wall');
    if (wall && place !== undefined) focusPlace(wall, place);
  };
  return html`<div class="field find-unit">
    <label class="field-label" for="find-unit">Find unit</label>
    <input
      type="number"
      class="number"
      id="find-unit"
      data-testid="find-unit"
      min="0"
      max=${layer.units - 1}
      step="1"
      placeholder="0 … ${layer.units - 1}"
      @keydown=${find}
    />
  </div>`;
}
