import { type ErrorRecord, ModelError, toErrorRecord } from '../../../src/shared/errors.ts';
import type { Prediction } from '../../../src/shared/protocol.ts';
import { score } from '../../draw/format.ts';
import { currentClass, currentLayer, labelOf, spatialLayers } from '../selectors.ts';
import type { PageState } from '../state.ts';
import { asked, type Built, differenceOf, row } from './cells.ts';
import type { Other } from './compareState.ts';
import type { MethodRef } from './methodRefs.ts';
import { matchLayer } from './spread.ts';

/** This image and another under the same model, at the same layer. */
export function twoImages(state: PageState, prediction: Prediction, refs: readonly MethodRef[]): Built {
  const other = state.compare.others.image;
  const same = state.choices.compare?.explained === 'same';
  const layer = currentLayer(state);
  const a = same ? currentClass(state) : prediction.top[0]?.index;
  const b = same ? a : other?.prediction?.top[0]?.index;
  const rows = refs.map((ref) =>
    row(ref, [
      asked(state, ref, { layer, class: a }, prediction.image.name),
      asked(state, ref, { layer, class: b }, other?.subject.imageName ?? '', 'image'),
    ]),
  );
  const columns = [
    { title: prediction.image.name, about: says(prediction) },
    { title: other?.subject.imageName ?? '', about: says(other?.prediction) },
  ];
  return { sections: [{ layout: 'matrix', title: undefined, columns, rows }], notes: [] };
}

/** This image under another model, at the layer that stands for the chosen one. */
export function twoModels(state: PageState, prediction: Prediction, refs: readonly MethodRef[]): Built {
  const other = state.compare.others.model;
  const theirs = other?.prediction;
  const mine = currentLayer(state);
  const match = theirs && mine !== undefined ? matchLayer(mine, spatialLayers(prediction), spatialLayers(theirs)) : undefined;
  const [a, b] = modelClasses(state, prediction, theirs);
  const rows = refs.map((ref) => {
    const first = asked(state, ref, { layer: mine, class: a }, prediction.model.name);
    const second = asked(state, ref, { layer: match?.layer.name, class: b }, other?.subject.modelName ?? '', 'model');
    const refused = theirs && b === undefined ? { ...second, request: undefined, blocked: noSuchClass(prediction, a, other) } : second;
    const difference = differenceOf(first, refused, `${first.title} − ${second.title}`);
    return row(ref, [first, refused, { ...difference, blocked: difference.blocked ?? otherQuestion(prediction, a, theirs, b) }]);
  });
  const columns = [
    { title: prediction.model.name, about: `${says(prediction)} · ${mine ?? ''}` },
    { title: other?.subject.modelName ?? '', about: `${says(theirs)}${match ? ` · ${match.layer.name}` : ''}` },
    { title: 'Difference', about: 'first − second, of the two maps' },
  ];
  return {
    sections: [{ layout: 'matrix', title: undefined, columns, rows }],
    notes: match && mine !== undefined ? [howMatched(mine, match)] : [],
  };
}

function howMatched(mine: string, { layer, by }: NonNullable<ReturnType<typeof matchLayer>>): string {
  if (by === 'name') return `Both models have a layer called ${layer.name}.`;
  return `The second model has no layer called ${mine}: ${layer.name}, at the same relative depth, stands for it.`;
}

/** Each its own prediction; or the explained class and the class of that name (without names: of that number) in the other model. */
function modelClasses(state: PageState, prediction: Prediction, theirs: Prediction | undefined): [number | undefined, number | undefined] {
  if (state.choices.compare?.explained !== 'same') return [prediction.top[0]?.index, theirs?.top[0]?.index];
  const a = currentClass(state);
  if (a === undefined || !theirs) return [a, undefined];
  const names = theirs.model.labels;
  if (names && prediction.model.labels) {
    const found = names.indexOf(labelOf(prediction, a));
    return [a, found < 0 ? undefined : found];
  }
  return [a, a < theirs.model.classes ? a : undefined];
}

function noSuchClass(prediction: Prediction, index: number | undefined, other: Other | undefined): ErrorRecord {
  const name = index === undefined ? 'this class' : labelOf(prediction, index);
  return toErrorRecord(
    new ModelError('method', `${other?.subject.modelName ?? 'The other model'} has no class called ${name}.`, {
      hint: 'Let each model explain its own prediction.',
    }),
  );
}

/** A difference of maps of two classes says nothing of the models. */
function otherQuestion(
  mine: Prediction,
  a: number | undefined,
  theirs: Prediction | undefined,
  b: number | undefined,
): ErrorRecord | undefined {
  if (!theirs || a === undefined || b === undefined || labelOf(mine, a) === labelOf(theirs, b)) return undefined;
  return toErrorRecord(
    new ModelError('method', `One map explains ${labelOf(mine, a)}, the other ${labelOf(theirs, b)}: their difference means nothing.`, {
      hint: 'Explain the same class in both.',
    }),
  );
}

/** What a network says of an image, in a few words. */
function says(prediction: Prediction | undefined): string {
  const best = prediction?.top[0];
  return best ? `${best.label} ${score(best)}` : '';
}
