import type { LayerClass } from '../layer.ts';
import { elementwiseOperations } from './elementwise.ts';
import { indexingOperations } from './indexing.ts';
import { linearOperations } from './linear.ts';
import { reductionOperations } from './reduction.ts';
import { shapeOperations } from './shape.ts';

/** Functions of keras.ops in the middle of a Functional model, which Keras 3 writes as layers of its classes `Mean`, `GetItem`. */
export const operationClasses: ReadonlyMap<string, LayerClass> = new Map(
  Object.entries({
    ...elementwiseOperations,
    ...reductionOperations,
    ...indexingOperations,
    ...shapeOperations,
    ...linearOperations,
  }),
);
