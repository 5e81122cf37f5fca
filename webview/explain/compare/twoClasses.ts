import type { Prediction } from '../../../src/shared/protocol.ts';
import { score } from '../../draw/format.ts';
import { classOf, currentClass, currentLayer, labelOf } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { asked, type Built, type Column, differenceOf, row } from './cells.ts';
import type { MethodRef } from './methodRefs.ts';

/** Class A (the one explained), class B, A − B. */
export function twoClasses(state: PageState, prediction: Prediction, refs: readonly MethodRef[]): Built {
  const [a, b] = classPair(state, prediction);
  if (a === b) return { sections: [], notes: ['The model has one output only: there is no second one to hold against it.'] };
  const layer = currentLayer(state);
  const plain = state.choices.compare?.difference === 'plain';
  const rows = refs.map((ref) => {
    const of = (index: number) => asked(state, ref, { layer, class: index }, labelOf(prediction, index));
    const [first, second] = [of(a), of(b)];
    const contrast = !plain && ref.method.targets === 'any' && !first.blocked;
    const title = `${first.title} − ${second.title}`;
    const cell = contrast ? asked(state, ref, { layer, class: a, against: b }, title) : differenceOf(first, second, title);
    return row(ref, [first, second, { ...cell, of: [first.asks, second.asks] as const }]);
  });
  const column = (index: number): Column => {
    const found = classOf(prediction, index);
    return { title: found.label, about: score(found) };
  };
  const columns = [column(a), column(b), { title: 'Difference', about: `${labelOf(prediction, a)} − ${labelOf(prediction, b)}` }];
  return { sections: [{ layout: 'matrix', title: undefined, columns, rows }], notes: [] };
}

/** The explained class and the one it is held against: as chosen; else the true one where the network errs, else the next best. */
export function classPair(state: PageState, prediction: Prediction): [number, number] {
  const a = currentClass(state) ?? 0;
  const chosen = state.choices.compare?.against ?? state.choices.against;
  const candidates = [chosen, prediction.truth?.index, ...prediction.top.map(({ index }) => index)].filter((index) => index !== undefined);
  return [a, candidates.find((index) => index !== a && index < prediction.model.classes) ?? a];
}
