import type { ErrorRecord } from '../../../src/shared/errors.ts';
import type { MapRequest, MethodInfo } from '../../../src/shared/protocol.ts';
import { isCorrect, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import type { SpaceState } from '../state.ts';
import { nameOf } from './selectors.ts';
import type { SheetTarget } from './sheetChoices.ts';
import type { SheetImage } from './sheetState.ts';

/** Those that need not be waited for. */
export function sheetMethods({ methods }: Pick<SpaceState, 'methods'>): readonly MethodInfo[] {
  return methods.filter(({ slow }) => !slow);
}

/** The chosen method where it can be had, else Grad-CAM, else the first one. */
export function sheetMethod(state: SpaceState): MethodInfo | undefined {
  const methods = sheetMethods(state);
  const named = (id: string | undefined) => methods.find((method) => method.id === id);
  return named(state.choices.selection.sheet.method) ?? named('grad-cam') ?? methods[0];
}

/** What the method can explain: the chosen target where it is a choice. */
export function sheetTarget(state: SpaceState): SheetTarget {
  const { target } = state.choices.selection.sheet;
  const targets = sheetMethod(state)?.targets;
  if (targets === 'none' || state.rows.value?.modelClasses === 0) return 'predicted';
  return target === 'difference' && targets !== 'any' ? 'predicted' : target;
}

/** What is asked of an image, at the method's own layer; or why nothing is. */
export function requestFor(state: SpaceState, image: SheetImage): MapRequest | ErrorRecord {
  const method = sheetMethod(state);
  if (!method) return { code: 'method', message: 'There is no method for this model.' };
  const target = sheetTarget(state);
  if (target === 'predicted') return { method: method.id };
  const { label, labelClass, predictedClass } = image;
  if (labelClass === undefined)
    return {
      code: 'labels',
      message: label === undefined ? `${image.name} has no label.` : `The model has no class for the label ${label}.`,
      hint: 'Explain the predicted class.',
    };
  if (target === 'label') return { method: method.id, class: labelClass };
  if (predictedClass === undefined || predictedClass === labelClass)
    return { code: 'method', message: 'Label and prediction are the same: there is no difference to explain.' };
  return { method: method.id, class: predictedClass, against: labelClass };
}

/** What the sheet keeps of a row. */
export function imageOf(rows: SpaceRows, row: number): SheetImage {
  const path = rows.paths[row] ?? '';
  const label = rows.labels[row] ?? -1;
  const predicted = rows.predicted[row] ?? -1;
  return {
    path,
    name: nameOf(path),
    label: rows.classes[label],
    predicted: rows.classes[predicted],
    labelClass: label >= 0 && label < rows.modelClasses ? label : undefined,
    predictedClass: predicted >= 0 ? predicted : undefined,
    confidence: rows.confidence[row] ?? Number.NaN,
    correct: isCorrect(rows, row),
  };
}
