import type { LayerClass } from '../layer.ts';
import { activationClasses } from './activation.ts';
import { convolutionClasses } from './convolution.ts';
import { denseClasses } from './dense.ts';
import { identityClasses } from './identity.ts';
import { mergeClasses } from './merge.ts';
import { normalizationClasses } from './normalization.ts';
import { operationClasses } from './operation.ts';
import { poolingClasses } from './pooling.ts';
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
    ...operationClasses,
  }),
);
