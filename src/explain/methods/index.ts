import { ModelError } from '../../shared/errors.ts';
import type { Method } from '../method.ts';
import { cam } from './cam.ts';
import { clrp } from './clrp.ts';
import { deconvnet } from './deconvnet.ts';
import { eigenCam } from './eigenCam.ts';
import { gradCam } from './gradCam.ts';
import { gradCamPlusPlus } from './gradCamPlusPlus.ts';
import { gradientXInput } from './gradientXInput.ts';
import { guidedBackprop } from './guidedBackprop.ts';
import { guidedGradCam } from './guidedGradCam.ts';
import { hiresCam } from './hiresCam.ts';
import { integratedGradients } from './integratedGradients.ts';
import { layerCam } from './layerCam.ts';
import { lrp } from './lrp.ts';
import { occlusion } from './occlusion.ts';
import { relevanceCam } from './relevanceCam.ts';
import { rise } from './rise.ts';
import { saliency } from './saliency.ts';
import { scoreCam } from './scoreCam.ts';
import { sglrp } from './sglrp.ts';
import { smoothGrad } from './smoothGrad.ts';
import { xgradCam } from './xgradCam.ts';

/** Every method, in the order of menus. Menu, settings, command line and generic tests follow from this list. */
export const methods: readonly Method[] = [
  gradCam,
  gradCamPlusPlus,
  layerCam,
  xgradCam,
  hiresCam,
  eigenCam,
  cam,
  guidedGradCam,
  scoreCam,
  saliency,
  smoothGrad,
  integratedGradients,
  gradientXInput,
  guidedBackprop,
  deconvnet,
  relevanceCam,
  lrp,
  clrp,
  sglrp,
  occlusion,
  rise,
];

/** A method and its variant from `id` or `id:variant`; the first variant is the default. */
export function findMethod(id: string, variant?: string): { method: Method; variant: string } {
  const [name, suffix] = id.split(':') as [string, string?];
  const method = methods.find((m) => m.info.id === name);
  if (!method) {
    throw new ModelError('method', `There is no method '${name}'.`, { hint: `Methods: ${methods.map((m) => m.info.id).join(', ')}.` });
  }
  const wanted = variant ?? suffix ?? (method.info.variants[0]?.id as string);
  if (!method.info.variants.some((v) => v.id === wanted)) {
    throw new ModelError('method', `${method.info.label} has no variant '${wanted}'.`, {
      hint: `Variants: ${method.info.variants.map((v) => v.id).join(', ')}.`,
    });
  }
  return { method, variant: wanted };
}
