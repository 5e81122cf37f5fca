import type { OpName } from '../../../graph/opset.ts';
import { activation } from './activation.ts';
import { elementwise } from './elementwise.ts';
import type { KernelsOf } from './kernel.ts';
import { linear } from './linear.ts';
import { pool } from './pool.ts';
import { reduction } from './reduce.ts';
import { shape } from './shape.ts';

/** Every operator on TensorFlow.js. A missing one is a compile error. */
export const kernels: KernelsOf<OpName> = { ...linear, ...activation, ...pool, ...elementwise, ...shape, ...reduction };
