import type { ImageRef } from '../../../src/shared/unitsProtocol.ts';
import type { UnitsState } from '../state.ts';

/** Images in the row of thresholded activations. */
const row = 8;

/** Where the activations are looked at: the images of the top patches; where there are none, or by choice, random ones. */
export function mapImages({ choices, unit }: UnitsState): { kind: 'top' | 'random'; images: readonly ImageRef[] } {
  const top = unit.patches.value?.patches.slice(0, row).map(({ image }) => image) ?? [];
  return choices.unitPage.images === 'top' && top.length > 0 ? { kind: 'top', images: top } : { kind: 'random', images: unit.drawn };
}

/** Images of the data set, each as likely as any other, none twice. */
export function drawImages({ subject }: UnitsState): readonly ImageRef[] {
  const left = [...(subject?.dataset?.images ?? [])];
  const drawn: ImageRef[] = [];
  while (drawn.length < row && left.length > 0) drawn.push(...left.splice(Math.floor(Math.random() * left.length), 1));
  return drawn;
}
