import type { LayerClass } from '../layer.ts';
import type { KerasLayer } from '../model.ts';
import { operationClasses } from '../operations/index.ts';
import { activationClasses } from './activation.ts';
import { attentionClasses } from './attention.ts';
import { convolutionClasses } from './convolution.ts';
import { denseClasses } from './dense.ts';
import { einsumDenseClasses } from './einsumDense.ts';
import { identityClasses } from './identity.ts';
import { mergeClasses } from './merge.ts';
import { normalizationClasses } from './normalization.ts';
import { functionClasses } from './operation.ts';
import { poolingClasses } from './pooling.ts';
import { sequenceClasses } from './sequence.ts';
import { shapeClasses } from './shape.ts';

/** Every supported layer class. Adding one is adding an entry to the file of its family. */
export const layerClasses: ReadonlyMap<string, LayerClass> = new Map(
  Object.entries({
    ...convolutionClasses,
    ...denseClasses,
    ...normalizationClasses,
    ...activationClasses,
    ...poolingClasses,
    ...shapeClasses,
    ...mergeClasses,
    ...identityClasses,
    ...sequenceClasses,
    ...einsumDenseClasses,
    ...attentionClasses,
    ...functionClasses,
  }),
);

/** The class of a layer; undefined where it is not supported. */
export function classOf({ className, origin }: Pick<KerasLayer, 'className' | 'origin'>): LayerClass | undefined {
  if (origin === 'custom') return undefined;
  return (origin === 'operation' ? operationClasses : layerClasses).get(className);
}
