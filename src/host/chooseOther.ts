import { pickModel } from './modelPicker.ts';
import type { Models } from './models.ts';
import type { Other } from './otherSubject.ts';
import { pickImage } from './pickImage.ts';

const question = { title: 'Glassbox: Compare with Picture', placeHolder: 'Picture to compare with', openLabel: 'Compare' };

/** Asks for what an image under a model is compared with: another image, or another model. Undefined: cancelled. */
export async function chooseOther(
  models: Models,
  { image, model }: { image: string; model: string },
  what: 'image' | 'model',
): Promise<Other | undefined> {
  if (what === 'image') {
    const uri = await pickImage({ ...question, beside: image });
    return uri && { image: uri.fsPath };
  }
  const chosen = await pickModel(models, image, { title: 'Compare with Model', except: model });
  return chosen === undefined ? undefined : { model: chosen };
}
