import { methods as built } from '../../src/explain/methods/index.ts';
import type { MethodFamily, MethodInfo } from '../../src/shared/protocol.ts';

type Told = Partial<MethodInfo> & Pick<MethodInfo, 'id' | 'label' | 'family'>;

function info(told: Told): MethodInfo {
  return {
    about: `${told.label} shows which parts of the image speak for the class.`,
    misleads: 'Coarse at deep layers, and evidence of opposite sign within a channel cancels.',
    formula: 'max(0, Σ_k w_k A_k), w_k = mean_ij ∂z_c/∂A_k,ij',
    source: 'A. Author, B. Author, Conference on Pictures 2019, equation 3.',
    variants: [{ id: 'standard', label: 'standard', about: 'As published.' }],
    at: 'input',
    slow: false,
    targets: 'any',
    exportable: true,
    params: [],
    ...told,
  };
}

const count = { label: 'Samples', about: 'More are less noisy and take longer.', default: 50, min: 1, max: 1000, step: 1 };

/** What the panel is to hold in the end: takes the place of a method that the list has not yet. */
const planned: readonly MethodInfo[] = [
  info({ id: 'cam', label: 'CAM', family: 'cam', at: 'layer' }),
  info({ id: 'grad-cam', label: 'Grad-CAM', family: 'cam', at: 'layer' }),
  info({ id: 'grad-cam++', label: 'Grad-CAM++', family: 'cam', at: 'layer' }),
  info({ id: 'layer-cam', label: 'Layer-CAM', family: 'cam', at: 'layer' }),
  info({ id: 'xgrad-cam', label: 'XGrad-CAM', family: 'cam', at: 'layer' }),
  info({ id: 'hires-cam', label: 'HiRes-CAM', family: 'cam', at: 'layer' }),
  info({ id: 'eigen-cam', label: 'Eigen-CAM', family: 'cam', at: 'layer', targets: 'none' }),
  info({ id: 'guided-grad-cam', label: 'Guided Grad-CAM', family: 'cam', at: 'layer' }),
  info({ id: 'score-cam', label: 'Score-CAM', family: 'cam', at: 'layer', slow: true, exportable: false }),
  info({ id: 'saliency', label: 'Saliency', family: 'backpropagation' }),
  info({ id: 'gradient-x-input', label: 'Gradient × input', family: 'backpropagation' }),
  info({ id: 'deconvnet', label: 'Deconvnet', family: 'backpropagation' }),
  info({ id: 'guided-backprop', label: 'Guided backprop', family: 'backpropagation' }),
  info({ id: 'smoothgrad', label: 'SmoothGrad', family: 'backpropagation', slow: true, params: [{ id: 'samples', ...count }] }),
  info({
    id: 'integrated-gradients',
    label: 'Integrated Gradients',
    family: 'backpropagation',
    slow: true,
    params: [{ id: 'steps', ...count }],
  }),
  info({ id: 'lrp', label: 'LRP', family: 'relevance' }),
  info({ id: 'clrp', label: 'CLRP', family: 'relevance', targets: 'class' }),
  info({ id: 'sglrp', label: 'SGLRP', family: 'relevance', targets: 'class' }),
  info({ id: 'relevance-cam', label: 'Relevance-CAM', family: 'relevance', at: 'layer' }),
  info({ id: 'occlusion', label: 'Occlusion', family: 'perturbation', slow: true, exportable: false }),
  info({ id: 'rise', label: 'RISE', family: 'perturbation', slow: true, exportable: false, params: [{ id: 'masks', ...count }] }),
];

/** The built methods, and stand-ins for the planned ones that are not built yet. */
export const methods: readonly MethodInfo[] = [
  ...planned.map(({ id, ...rest }) => built.find((m) => m.info.id === id)?.info ?? { id, ...rest }),
  ...built.map((m) => m.info).filter((m) => !planned.some((p) => p.id === m.id)),
];

export function methodInfo(id: string): MethodInfo {
  const found = methods.find((m) => m.id === id);
  if (!found) throw new Error(`There is no method ${id}.`);
  return found;
}

/** The list with one method's description changed. */
export function withMethod(id: string, patch: Partial<MethodInfo>): readonly MethodInfo[] {
  return methods.map((m) => (m.id === id ? { ...m, ...patch } : m));
}

export function family(name: MethodFamily): readonly MethodInfo[] {
  return methods.filter((m) => m.family === name);
}
