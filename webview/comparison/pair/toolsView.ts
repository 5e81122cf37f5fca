import { html, type TemplateResult } from 'lit';
import type { ComparisonSubject } from '../../../src/shared/trainingProtocol.ts';
import { iconButton } from '../../ui/button.ts';
import { segments } from '../../ui/segments.ts';
import { select } from '../../ui/select.ts';
import type { Arrangement, Measure } from '../choices.ts';
import type { Flow } from '../flow.ts';
import { currentImage, keptClass } from '../selectors.ts';
import type { ComparisonState } from '../state.ts';
import { savePair } from './savePair.ts';

const usual = 'usual';

/** What is explained, how the pictures stand, what is compared. */
export function toolsView(state: ComparisonState, subject: ComparisonSubject, flow: Flow): TemplateResult {
  const { choices } = state;
  return html`<div class="pair-tools">
    ${classSelect(state, subject, flow)}
    ${segments<Arrangement>({
      testid: 'arrangement',
      label: 'How the two maps stand',
      value: choices.arrangement,
      options: [
        { id: 'beside', label: 'Side by side', about: 'Hold B to see the second in the place of the first' },
        { id: 'wipe', label: 'Wipe' },
        { id: 'blink', label: 'Blink' },
      ],
      onChange: (arrangement) => flow.choose({ arrangement }),
    })}
    ${measureSwitch(choices.measure, flow)}
    ${lookTools(state, flow)}
    ${iconButton({ testid: 'save', label: 'Save as picture…', icon: 'save', disabled: !state.both.value, onClick: () => void savePair(state, flow) })}
  </div>`;
}

export function measureSwitch(value: Measure, flow: Flow): TemplateResult {
  return segments<Measure>({
    testid: 'measure',
    label: 'What is compared',
    value,
    options: [
      { id: 'values', label: 'Values', about: 'Values of the method, as they are' },
      {
        id: 'shares',
        label: 'Shares',
        about:
          'Share of each map’s own positive evidence: where it lies, whatever its strength. Logits grow in training, and maps with them.',
      },
    ],
    onChange: (measure) => flow.choose({ measure }),
  });
}

export function lookTools({ choices: { bare, cells } }: ComparisonState, flow: Flow): TemplateResult {
  return html`<span class="look-tools">
    ${iconButton({ testid: 'bare', label: 'Maps alone, without the picture', icon: 'eye', pressed: bare, onClick: () => flow.choose({ bare: !bare }) })}
    ${iconButton({ testid: 'cells', label: 'Cells as squares', icon: 'units', pressed: cells, onClick: () => flow.choose({ cells: !cells }) })}
  </span>`;
}

function classSelect(state: ComparisonState, { from, to }: ComparisonSubject, flow: Flow): TemplateResult {
  const { both, results, choices } = state;
  const names = (results.frames.to ?? results.frames.from)?.classes ?? [];
  const image = both.value;
  const name = (index: number | undefined) => (index === undefined ? '' : (names[index] ?? `class ${index}`));
  const kept = keptClass(state, currentImage(state) ?? '');
  const usually =
    kept !== undefined
      ? `${name(kept)} (the kept map explains it)`
      : image?.truth !== undefined
        ? `${name(image.truth)} (true class)`
        : `${name(image?.predicted.to)} (${to.name} predicts it)`;
  const usualIndex = kept ?? image?.truth ?? image?.predicted.to;
  const said = [
    ...(image?.predicted.from === undefined
      ? []
      : [{ id: String(image.predicted.from), label: `${name(image.predicted.from)} (${from.name} predicts it)` }]),
    ...(image?.predicted.to === undefined || image.predicted.to === image.predicted.from
      ? []
      : [{ id: String(image.predicted.to), label: `${name(image.predicted.to)} (${to.name} predicts it)` }]),
  ].filter(({ id }) => Number(id) !== usualIndex);
  const isSaid = (index: number) => said.some(({ id }) => Number(id) === index);
  const others = names.map((label, index) => ({ id: String(index), label })).filter(({ id }) => !isSaid(Number(id)));
  return select({
    testid: 'explained',
    label: 'Explain',
    value: choices.explained === undefined ? usual : String(choices.explained),
    groups: [
      { label: 'This picture', options: [{ id: usual, label: image ? usually : 'the true class' }, ...said] },
      { label: 'All classes', options: others },
    ],
    onChange: (id) => flow.explain(id === usual ? undefined : Number(id)),
  });
}
