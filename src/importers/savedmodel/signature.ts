import type { MetaGraph, SavedModel, Signature } from '../../formats/tensorflow/types.ts';
import { ModelError } from '../../shared/errors.ts';
import { dtypeOf } from './constants.ts';

/** Made for inference: tagged 'serve' and nothing else, then 'serve' and a device, then untagged, then any but training. */
export function chooseMetaGraph({ metaGraphs }: SavedModel): MetaGraph {
  const ranks: ((tags: readonly string[]) => boolean)[] = [
    (tags) => tags.length === 1 && tags[0] === 'serve',
    (tags) => tags.includes('serve'),
    (tags) => tags.length === 0,
    (tags) => !tags.includes('train'),
    () => true,
  ];
  for (const fits of ranks) {
    const found = metaGraphs.find(({ tags }) => fits(tags));
    if (found) return found;
  }
  throw new ModelError('file-corrupt', 'The SavedModel holds no graph.');
}

/**
 * The signature to explain: 'serving_default', where that takes an image, else the first that does.
 * @throws ModelError 'unsupported' if there is none, 'input' if several take none.
 */
export function chooseSignature({ signatures }: MetaGraph): Signature {
  const usable = [...signatures].filter(([name, { outputs }]) => !name.startsWith('__saved_model_') && outputs.size > 0);
  const order = ['serving_default', 'serve'];
  const place = ([name]: readonly [string, unknown]) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = usable.sort((a, b) => place(a) - place(b) || a[0].localeCompare(b[0], 'en'));
  const [first, second] = sorted;
  if (!first)
    throw new ModelError('unsupported', 'The SavedModel has no signature: it does not say where its inputs and outputs are.', {
      hint: 'Save it with model.export(folder), or with tf.saved_model.save(model, folder, signatures=…).',
    });
  const image = sorted.find(([, signature]) => takesImage(signature));
  if (image) return image[1];
  if (!second) return first[1];
  const takes = ({ inputs }: Signature) => [...inputs].map(([name, { dtype, shape }]) => `'${name}' ${dtype} [${shape ?? '?'}]`).join(', ');
  const some = sorted.slice(0, 5).map(([name, signature]) => `'${name}' takes ${takes(signature) || 'nothing'}`);
  const all = [...some, ...(sorted.length > 5 ? ['…'] : [])].join('; ');
  throw new ModelError('input', `None of the ${sorted.length} signatures of the SavedModel takes an image: ${all}.`, {
    hint: 'Save it with a signature that takes one batch of images, [batch, height, width, channels] of float32.',
  });
}

/** Four axes, of numbers; of unknown rank, it may. */
function takesImage({ inputs }: Signature): boolean {
  return [...inputs.values()].some(({ dtype, shape }) => dtypeOf(dtype) !== undefined && (shape === undefined || shape.length === 4));
}
