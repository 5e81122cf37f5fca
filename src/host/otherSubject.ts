import { basename } from 'node:path';
import { ModelError } from '../shared/errors.ts';
import { modelName } from '../shared/modelFormats.ts';
import type { OtherSubject } from '../shared/protocol.ts';
import { type Subject, workspacePath } from './subject.ts';

/** What is compared with a panel's subject: another image under the same model, or the same image under another model. */
export type Other = { image: string } | { model: string };

/** An image and the model that looks at it, absolute paths. */
export interface Pair {
  image: string;
  model: string | undefined;
}

/** The other side of a comparison with `subject`. */
export function pairOf({ image, model }: Subject, other: Other | undefined): Pair {
  return { image, model, ...other };
}

/** Opaque to the page, which keeps it: it still names the same thing after a window reload. */
export function idOf(other: Other): string {
  return JSON.stringify(other);
}

/** Back from what a page calls it by. */
export function otherOf(id: string): Other {
  try {
    const { image, model } = JSON.parse(id) as Record<string, unknown>;
    if (typeof image === 'string') return { image };
    if (typeof model === 'string') return { model };
  } catch {
    // Said below.
  }
  throw new ModelError('internal', 'The picture or model to compare with is not known any more.', { hint: 'Choose it again.' });
}

/** The other side as the page shows it. */
export function describeOther(other: Other, subject: Subject): OtherSubject {
  const { image, model } = pairOf(subject, other);
  if (model === undefined) throw new ModelError('input', 'No model is chosen.', { hint: 'Choose a model.' });
  return {
    id: idOf(other),
    imageName: basename(image),
    imagePath: workspacePath(image),
    // Through `imagePng`: a further folder for the page would load it anew, and a URI kept by the page would go on showing
    // what was in the file when it was chosen.
    imageUri: undefined,
    modelName: modelName(model),
    modelPath: workspacePath(model),
  };
}
