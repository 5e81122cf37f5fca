import { elementwise } from './elementwise.ts';
import { linear } from './linear.ts';
import type { Translate } from './operator.ts';
import { pooling } from './pooling.ts';
import { shape } from './shape.ts';

const operators: Readonly<Record<string, Translate>> = { ...elementwise, ...linear, ...pooling, ...shape };

/** Undefined for an operator that no image classifier uses, and for custom ones. */
export function operatorFor(kind: string): Translate | undefined {
  return Object.hasOwn(operators, kind) ? operators[kind] : undefined;
}
