import { isCorrect, type SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { percent } from '../../draw/format.ts';
import { nameOf } from './selectors.ts';

/** What is known of an image, in words. Undefined: there is none. */
export interface RowFacts {
  path: string;
  name: string;
  label: string | undefined;
  predicted: string | undefined;
  /** `87.3 %` */
  confidence: string | undefined;
  correct: boolean | undefined;
}

export function factsOf(rows: SpaceRows, row: number): RowFacts {
  const path = rows.paths[row] ?? '';
  const named = (index: number | undefined) => (index === undefined || index < 0 ? undefined : rows.classes[index]);
  const confidence = rows.confidence[row] ?? Number.NaN;
  return {
    path,
    name: nameOf(path),
    label: named(rows.labels[row]),
    predicted: named(rows.predicted[row]),
    confidence: Number.isNaN(confidence) ? undefined : percent(confidence),
    correct: isCorrect(rows, row),
  };
}

/** `square → star`; one name where label and prediction are the same or only one of them is known. */
export function classesText({ label, predicted, correct }: Pick<RowFacts, 'label' | 'predicted' | 'correct'>): string {
  if (label === undefined) return predicted ?? '';
  return predicted === undefined || correct ? label : `${label} → ${predicted}`;
}

/** For screen readers and tooltips: `square-3.png, labelled square, seen as star, 87.3 %, wrong` */
export function sentenceOf({ name, label, predicted, confidence, correct }: RowFacts): string {
  return [
    name,
    label === undefined ? 'no label' : `labelled ${label}`,
    predicted === undefined ? undefined : `seen as ${predicted}`,
    confidence,
    correct === false ? 'wrong' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
