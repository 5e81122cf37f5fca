import { percent } from '../../draw/format.ts';
import type { SpaceState } from '../state.ts';
import { classesText } from './rowText.ts';
import type { SheetTarget } from './sheetChoices.ts';
import { sheetMethod, sheetTarget } from './sheetModel.ts';
import type { SheetImage } from './sheetState.ts';

/** `square → star · 87.3 %` */
export function captionOf(image: SheetImage): string {
  const { confidence } = image;
  return [classesText(image), Number.isNaN(confidence) ? '' : percent(confidence)].filter((part) => part !== '').join(' · ');
}

const targets: Readonly<Record<SheetTarget, string>> = {
  predicted: 'the predicted class explained',
  label: 'the label explained',
  difference: 'why the prediction rather than the label',
};

export function targetText(state: SpaceState): string {
  return sheetMethod(state)?.targets === 'none' ? 'the same map for every class' : targets[sheetTarget(state)];
}

export function scaleText({ choices }: SpaceState): string {
  return choices.selection.sheet.scale === 'own'
    ? 'Every map has its own colour scale: strengths do not compare.'
    : 'One colour scale for all maps: the same colour is the same value.';
}
