import { differentiate } from '../../transform/differentiate.ts';
import type { Sweep } from '../sweep.ts';

/** ∂(scalar explained)/∂value: reverse-mode differentiation. */
export const gradient: Sweep = {
  id: 'gradient',
  affine: true,
  conserved: false,
  emit: (b, { logits, target }, wrt) => differentiate(b, logits, target, wrt),
};
