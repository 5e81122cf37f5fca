import { html, nothing, type TemplateResult } from 'lit';
import { canLead, className, scoresClasses } from '../../../src/shared/classScores.ts';
import type { UnitLayer, VisualiserInfo } from '../../../src/shared/unitsProtocol.ts';
import { classSearch, matchingClasses } from '../../page/classSearch.ts';
import { paramField } from '../../page/paramFields.ts';
import { button } from '../../ui/button.ts';
import { dropdown } from '../../ui/dropdown.ts';
import { numberField } from '../../ui/fields.ts';
import { segments } from '../../ui/segments.ts';
import { currentLayer } from '../selectors.ts';
import type { ModelUnits, UnitsState } from '../state.ts';
import { keyOf } from './climbs.ts';
import { currentObjective, currentVisualiser, nameOf, requestFor, runningClimb, seedOf, shownClimb } from './selectors.ts';
import type { Visualiser } from './visualiser.ts';

/** What is climbed, how, from which seed; Start. */
export function setupView(state: UnitsState, visualise: Visualiser): TemplateResult {
  const { units, choices } = state;
  const { of } = choices.visualise;
  const layer = currentLayer(state);
  return html`<section class="card visualise-setup" aria-label="What to visualise" data-testid="visualise-setup">
    ${segments({
      testid: 'visualise-of',
      label: 'What to visualise',
      value: of,
      options: [
        {
          id: 'class',
          label: units && !scoresClasses(units.model) ? 'Output' : 'Class',
          about: 'the picture that the network says most surely',
        },
        { id: 'unit', label: 'Unit of the layer', about: 'the picture that excites one unit most', disabled: !layer },
      ],
      onChange: (id) => visualise.choose({ of: id }),
    })}
    ${units && of === 'class' ? classChoice(state, units, visualise) : nothing}
    ${layer && of === 'unit' ? unitChoice(state, layer, visualise) : nothing} ${methodChoice(state, visualise)} ${startButtons(state, visualise)}
  </section>`;
}

function classChoice(state: UnitsState, units: ModelUnits, visualise: Visualiser): TemplateResult {
  const { model } = units;
  const objective = currentObjective(state);
  const { search } = state.visualise;
  const what = scoresClasses(model) ? 'classes' : 'outputs';
  return html`<p class="visualise-target" data-testid="visualise-target">${objective ? nameOf(units, objective) : ''}</p>
    ${classSearch({
      label: `Another of ${model.classes} ${what}`,
      placeholder: `Another of ${model.classes} ${what}`,
      disabled: false,
      search,
      found: () => matchingClasses(model.classes, search.text, (index) => className(model, index)),
      describe: (index) => ({ label: className(model, index), note: model.labels ? String(index) : '' }),
      onSearch: (now) => visualise.search(now),
      onChoose: (index) => visualise.chooseClass(index),
    })}
    ${
      canLead(model)
        ? segments({
            testid: 'visualise-over',
            label: 'What of the class is climbed',
            value: state.choices.visualise.over,
            options: [
              { id: 'logit', label: 'Logit', about: 'what the class asks for by itself, even where another class gets more of it' },
              {
                id: 'lead',
                label: 'Lead over the others',
                about: 'what tells the class from all others: z_c − log Σ exp of the other logits',
              },
            ],
            onChange: (over) => visualise.choose({ over }),
          })
        : nothing
    }`;
}

function unitChoice({ choices }: UnitsState, layer: UnitLayer, visualise: Visualiser): TemplateResult {
  const { unit = 0, cells } = choices.visualise;
  const isMap = layer.height * layer.width > 1;
  return html`${numberField({
    testid: 'visualise-unit',
    label: 'Unit',
    about: `One of the ${layer.units} of ${layer.name}.`,
    value: Math.min(unit, layer.units - 1),
    automatic: undefined,
    min: 0,
    max: layer.units - 1,
    step: 1,
    onChange: (value) => visualise.choose({ unit: value ?? 0 }),
  })}
  ${
    isMap
      ? segments({
          testid: 'visualise-cells',
          label: 'Cells of the unit',
          value: cells,
          options: [
            { id: 'mean', label: 'Mean over cells', about: 'what it looks for, all over the picture' },
            { id: 'centre', label: 'Centre cell', about: 'what one cell looks for, where it sees' },
          ],
          onChange: (id) => visualise.choose({ cells: id }),
        })
      : nothing
  }`;
}

function methodChoice(state: UnitsState, visualise: Visualiser): TemplateResult | typeof nothing {
  const method = currentVisualiser(state);
  if (!method) return nothing;
  const seed = seedOf(method);
  return html`${dropdown({
    testid: 'visualise-method',
    label: 'Method',
    value: method.id,
    options: state.visualisers,
    onChange: (id) => visualise.choose({ method: id }),
  })}
  ${
    seed
      ? paramField(seed, {
          chosen: state.choices.visualise.params[method.id] ?? {},
          used: undefined,
          onChange: (id, value) => visualise.chooseParam(id, value),
        })
      : nothing
  }`;
}

function startButtons(state: UnitsState, visualise: Visualiser): TemplateResult {
  const method = currentVisualiser(state);
  const request = requestFor(state, currentObjective(state));
  const shown = shownClimb(state);
  const isThere = request && shown && shown.state !== 'stopped' && shown.state !== 'failed' && keyOf(shown.request) === keyOf(request);
  return html`<div class="buttons visualise-start">
      ${button({
        testid: 'visualise-start',
        label: 'Start',
        icon: 'play',
        appearance: 'primary',
        disabled: !request || isThere === true,
        onClick: () => visualise.start(),
      })}
      ${method && seedOf(method) ? button({ testid: 'another-seed', label: 'Another seed', onClick: () => visualise.startAnew() }) : nothing}
    </div>
    <p class="small visualise-hint" data-testid="visualise-hint">${hint(state, method, isThere === true)}</p>`;
}

function hint(state: UnitsState, method: VisualiserInfo | undefined, isThere: boolean): string {
  if (!method) return 'This model has no way to be visualised.';
  const running = runningClimb(state);
  if (running) return isThere ? 'Escape stops it; what there is by then stays.' : 'Starting another one stops the one that runs.';
  return isThere ? 'Done. Another seed shows another facet.' : 'Climbing takes seconds to minutes; you see it come.';
}
