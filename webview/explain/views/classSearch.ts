import type { TemplateResult } from 'lit';
import { scoresClasses } from '../../../src/shared/classScores.ts';
import type { Prediction } from '../../../src/shared/protocol.ts';
import { score } from '../../draw/format.ts';
import { matchingClasses, classSearch as search } from '../../page/classSearch.ts';
import type { Actions } from '../actions.ts';
import { classOf, labelOf } from '../selectors.ts';
import type { PageState } from '../state.ts';

/** Any class by its name or number, to be explained or subtracted; among equal matches the most likely first. */
export function classSearch(state: PageState, actions: Actions): TemplateResult {
  const { prediction } = state;
  return search({
    label: state.slot === 'class' ? 'Explain another class' : 'Subtract another class',
    placeholder: placeholder(state),
    disabled: !prediction,
    search: state.search,
    found: () => (prediction ? matches(prediction, state.search.text) : []),
    describe: (index) => (prediction ? described(prediction, index) : { label: '', note: '' }),
    onSearch: (now) => actions.search(now),
    onChoose: (index) => actions.chooseClass(index),
  });
}

function placeholder({ prediction, slot }: PageState): string {
  const verb = slot === 'class' ? 'Explain' : 'Subtract';
  if (!prediction) return `${verb} another class`;
  return `${verb} another of ${prediction.model.classes} ${scoresClasses(prediction.model) ? 'classes' : 'outputs'}`;
}

function matches(prediction: Prediction, text: string): number[] {
  const logit = (index: number) => prediction.logits[index] ?? 0;
  return matchingClasses(
    prediction.model.classes,
    text,
    (index) => labelOf(prediction, index),
    (a, b) => logit(b) - logit(a),
  );
}

function described(prediction: Prediction, index: number) {
  const row = classOf(prediction, index);
  return { label: row.label, note: score(row) };
}
