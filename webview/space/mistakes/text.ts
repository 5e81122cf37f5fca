import type { SpaceRows } from '../../../src/shared/spaceProtocol.ts';
import { accuracyOf, type Confusion, countOf } from '../../confusion/confusion.ts';
import type { Matrix } from '../../confusion/matrixModel.ts';
import type { MatrixPlace } from '../../confusion/matrixPlace.ts';
import { counted, number, pairTitle, partOf, shareText } from '../../confusion/text.ts';

/** Which pictures stand behind a place of the matrix. */
export interface Behind {
  title: string;
  label?: number;
  predicted?: number;
  wrong?: boolean;
}

/** Undefined: the place is that of the accuracy, or nothing is behind it. */
export function behind(rows: SpaceRows, { rows: labels, columns }: Matrix, { row, column }: MatrixPlace): Behind | undefined {
  const [label, predicted] = [labels[row], columns[column]];
  if (label !== undefined && predicted !== undefined) return { title: pairTitle(rows, label, predicted), label, predicted };
  if (label !== undefined)
    return column < 0
      ? { title: `labelled ${rows.classes[label]}`, label }
      : { title: `${rows.classes[label]} not recognised`, label, wrong: true };
  if (predicted !== undefined)
    return row < 0
      ? { title: `seen as ${rows.classes[predicted]}`, predicted }
      : { title: `wrongly seen as ${rows.classes[predicted]}`, predicted, wrong: true };
  return undefined;
}

/** What a place of the matrix says in words. */
export function placeText(rows: SpaceRows, matrix: Matrix, { row, column }: MatrixPlace): string {
  const { confusion } = matrix;
  const [label, predicted] = [matrix.rows[row], matrix.columns[column]];
  if (label !== undefined && predicted !== undefined)
    return `${pairTitle(rows, label, predicted)}: ${partOf(countOf(confusion, label, predicted), confusion.labelled[label] ?? 0)}`;
  if (label !== undefined && column < 0)
    return `labelled ${rows.classes[label]}: ${counted(confusion.labelled[label] ?? 0, 'picture', 'pictures')}`;
  if (label !== undefined) return recallText(rows, confusion, label);
  if (predicted !== undefined && row < 0)
    return `seen as ${rows.classes[predicted]}: ${counted(confusion.predicted[predicted] ?? 0, 'picture', 'pictures')}`;
  if (predicted !== undefined) return precisionText(rows, confusion, predicted);
  return `accuracy: ${shareText(accuracyOf(confusion))}`;
}

function recallText({ classes }: SpaceRows, { hits, labelled, modelClasses }: Confusion, label: number): string {
  const name = classes[label];
  const all = labelled[label] ?? 0;
  if (label >= modelClasses) return `${name}: ${counted(all, 'picture', 'pictures')}, the model has no such class`;
  return all === 0 ? `${name}: no picture is labelled so` : `${name} recognised: ${partOf(hits[label] ?? 0, all)}, its recall`;
}

function precisionText({ classes }: SpaceRows, { hits, predicted }: Confusion, of: number): string {
  const all = predicted[of] ?? 0;
  return all === 0 ? `nothing is seen as ${classes[of]}` : `seen as ${classes[of]}, rightly: ${partOf(hits[of] ?? 0, all)}, its precision`;
}
