import { html, nothing, type TemplateResult } from 'lit';
import { button, iconButton } from '../../../ui/button.ts';
import { dropdown } from '../../../ui/dropdown.ts';
import { range } from '../../../ui/fields.ts';
import { classOf, currentClass, currentLayer, spatialLayers } from '../../selectors.ts';
import type { PageState } from '../../state.ts';
import { type Kind, kindOf } from '../choices.ts';
import type { CompareActions } from '../compareActions.ts';
import { otherOf } from '../comparison.ts';
import { gridLayers } from '../layerGrids.ts';
import { chosenRefs, refOf } from '../methodRefs.ts';
import { classPair } from '../twoClasses.ts';
import { classSelect, layerSelect } from './longLists.ts';

type Controls = (state: PageState, compare: CompareActions) => readonly (TemplateResult | typeof nothing)[];

/** What the grid is made from, by kind. */
const controls: Readonly<Record<Kind, Controls>> = {
  methods: (state, compare) => [
    methodsButton(state, compare),
    layersChoice(state, compare, 'spread over the depth'),
    count(state, compare),
    explainedClass(state, compare),
  ],
  depth: (state, compare) => [
    oneMethod(state, compare),
    variant(state, compare),
    layersChoice(state, compare, 'all'),
    findCurrent(state, compare),
    explainedClass(state, compare),
  ],
  classes: (state, compare) => [
    methodsButton(state, compare),
    ...twoClasses(state, compare),
    layerSelect(state, compare),
    differenceChoice(state, compare),
  ],
  images: (state, compare) => [
    methodsButton(state, compare),
    otherButton(state, compare, 'image'),
    whoseClass(state, compare, 'image'),
    layerSelect(state, compare),
  ],
  models: (state, compare) => [
    methodsButton(state, compare),
    otherButton(state, compare, 'model'),
    whoseClass(state, compare, 'model'),
    layerSelect(state, compare),
  ],
};

export function compareControls(state: PageState, compare: CompareActions): TemplateResult {
  return html`<div class="compare-controls" data-testid="compare-controls">
    ${controls[kindOf(state.choices.compare ?? {})](state, compare)}
  </div>`;
}

function methodsButton(state: PageState, compare: CompareActions): TemplateResult {
  const open = state.compare.choosingMethods;
  const chosen = chosenRefs(state).length;
  return html`<div class="field">
    <span class="field-label">Methods<span class="field-value">${chosen} of ${state.methods.length}</span></span>
    ${button({ testid: 'choose-methods', label: open ? 'Close' : 'Choose…', onClick: () => compare.openMethods(!open) })}
  </div>`;
}

function oneMethod(state: PageState, compare: CompareActions): TemplateResult {
  const methods = state.methods.filter((m) => m.at === 'layer');
  const [ref] = chosenRefs(state);
  return dropdown({
    testid: 'depth-method',
    label: 'Method',
    value: ref?.method.id ?? '',
    options: methods.map((m) => ({ id: m.id, label: m.slow ? `${m.label} (slow)` : m.label, about: m.about })),
    onChange: (id) => {
      const method = methods.find((m) => m.id === id);
      if (method) compare.chooseMethod(refOf(state, method).id);
    },
  });
}

function variant(state: PageState, compare: CompareActions): TemplateResult | typeof nothing {
  const [ref] = chosenRefs(state);
  if (!ref || ref.method.variants.length < 2) return nothing;
  return dropdown({
    testid: 'depth-variant',
    label: 'Variant',
    value: ref.variant,
    options: ref.method.variants,
    onChange: (id) => compare.chooseMethod(refOf(state, ref.method, id).id),
  });
}

function findCurrent(state: PageState, compare: CompareActions): TemplateResult {
  return html`<div class="field">
    <span class="field-label">Chosen layer</span>
    ${button({ testid: 'find-current', label: 'Show', disabled: currentLayer(state) === undefined, onClick: () => compare.findCurrent() })}
  </div>`;
}

function layersChoice(state: PageState, compare: CompareActions, usual: string): TemplateResult {
  return dropdown({
    testid: 'layers',
    label: 'Layers',
    value: state.choices.compare?.layers ?? 'spread',
    options: [
      { id: 'spread', label: usual },
      {
        id: 'blocks',
        label: 'ends of blocks',
        about: 'where branches come together; in a plain network, the last layer of each resolution',
      },
    ],
    onChange: (id) => compare.choose({ layers: id === 'blocks' ? 'blocks' : 'spread' }),
  });
}

function count(state: PageState, compare: CompareActions): TemplateResult | typeof nothing {
  const { prediction, choices } = state;
  const all = prediction ? spatialLayers(prediction).length : 0;
  if (!prediction || choices.compare?.layers === 'blocks' || all < 3) return nothing;
  const max = Math.min(16, all);
  const value = Math.min(max, choices.compare?.count ?? 6);
  return range({
    testid: 'layer-count',
    label: 'How many',
    min: 2,
    max,
    step: 1,
    value,
    text: `${gridLayers(prediction, choices.compare ?? {}).length} of ${all}`,
    onInput: (now) => compare.choose({ count: now }),
  });
}

function explainedClass(state: PageState, compare: CompareActions): TemplateResult | typeof nothing {
  const value = currentClass(state);
  if (value === undefined || (state.prediction?.model.classes ?? 0) < 2) return nothing;
  return classSelect(state, 'compare-class', 'Class', value, (index) => compare.chooseShared({ class: index }));
}

function twoClasses(state: PageState, compare: CompareActions): readonly TemplateResult[] {
  if (!state.prediction) return [];
  const [a, b] = classPair(state, state.prediction);
  return [
    html`<div class="class-pair">
      ${classSelect(state, 'class-a', 'Class A', a, (index) => (index === b ? compare.swapClasses(a, b) : compare.chooseShared({ class: index })))}
      ${iconButton({ testid: 'swap-classes', label: 'Swap the classes', icon: 'swap', onClick: () => compare.swapClasses(a, b) })}
      ${classSelect(state, 'class-b', 'Class B', b, (index) => (index === a ? compare.swapClasses(a, b) : compare.choose({ against: index })))}
    </div>`,
  ];
}

function differenceChoice(state: PageState, compare: CompareActions): TemplateResult {
  return dropdown({
    testid: 'difference',
    label: 'Difference',
    value: state.choices.compare?.difference ?? 'contrastive',
    options: [
      { id: 'contrastive', label: 'contrastive', about: 'the map of logit A − logit B, where the method has one' },
      { id: 'plain', label: 'subtract the maps', about: 'map of A − map of B, as drawn' },
    ],
    onChange: (id) => compare.choose({ difference: id === 'plain' ? 'plain' : 'contrastive' }),
  });
}

function otherButton(state: PageState, compare: CompareActions, what: 'image' | 'model'): TemplateResult | typeof nothing {
  const other = otherOf(state);
  if (!other) return nothing;
  const name = what === 'image' ? other.subject.imageName : other.subject.modelName;
  return html`<div class="field">
    <span class="field-label">Second ${what}</span>
    ${button({ testid: 'change-other', label: name, onClick: () => compare.chooseOther(what) })}
  </div>`;
}

function whoseClass(state: PageState, compare: CompareActions, what: 'image' | 'model'): TemplateResult | typeof nothing {
  const { prediction } = state;
  const index = currentClass(state);
  if (!otherOf(state) || !prediction || index === undefined) return nothing;
  return dropdown({
    testid: 'explained',
    label: 'Class',
    value: state.choices.compare?.explained ?? 'own',
    options: [
      { id: 'own', label: `each ${what}’s prediction` },
      { id: 'same', label: `${classOf(prediction, index).label} in both` },
    ],
    onChange: (id) => compare.choose({ explained: id === 'same' ? 'same' : 'own' }),
  });
}
