import type { TemplateResult } from 'lit';
import type { UnitsView } from '../../../src/shared/unitsProtocol.ts';
import { segments } from '../../ui/segments.ts';
import type { Flow } from '../flow.ts';
import { currentLayer } from '../selectors.ts';
import type { UnitsState } from '../state.ts';

const views: readonly { id: UnitsView; label: string; about: string }[] = [
  { id: 'activations', label: 'Activations', about: 'All units of the layer on one picture' },
  { id: 'patches', label: 'Patches', about: 'For every unit the places in your images that excite it most' },
  { id: 'filters', label: 'Filters', about: 'The weights that make the units' },
  { id: 'visualise', label: 'Visualise', about: 'A picture made to excite a class or a unit' },
];

export function viewSwitch(state: UnitsState, flow: Flow): TemplateResult {
  const { view } = state.choices;
  const layer = currentLayer(state);
  const noFilters = layer !== undefined && layer.filters === undefined;
  return segments({
    testid: 'view',
    label: 'View',
    value: view,
    // The one that is on stays: the keyboard could not reach the group otherwise.
    options: views.map((each) =>
      each.id === 'filters' && noFilters && view !== 'filters'
        ? { ...each, disabled: true, about: `${layer.name} (${layer.kind}) has no kernels of its own` }
        : each,
    ),
    onChange: (id) => flow.chooseView(id),
  });
}
