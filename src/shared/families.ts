import type { MethodFamily } from './protocol.ts';

/** Names of the families, in the order of menus. */
export const familyNames: Readonly<Record<MethodFamily, string>> = {
  cam: 'Class activation maps',
  backpropagation: 'Backpropagation',
  relevance: 'Relevance propagation',
  perturbation: 'Perturbation',
};
