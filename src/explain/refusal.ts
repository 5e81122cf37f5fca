import type { Model } from '../importers/model.ts';
import { ModelError } from '../shared/errors.ts';
import type { Method } from './method.ts';

/** Why a method cannot explain this model, whatever is asked of it; undefined where nothing speaks against it. */
export function refusal(method: Method, model: Model): ModelError | undefined {
  const { label, targets } = method.info;
  if (targets === 'class' && model.classes === 1) {
    return new ModelError('method', `${label} holds a class against all others, and this model has one output only.`, {
      file: model.file,
      hint: 'Choose a method that explains an output by itself, such as Grad-CAM or LRP.',
    });
  }
  return method.refuses?.(model);
}
