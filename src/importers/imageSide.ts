import { ModelError } from '../shared/errors.ts';
import type { Question } from '../shared/question.ts';

/** Longest side of an image that is fed, pixels. */
const LARGEST_SIDE = 2 ** 15;

export function sizeQuestion({ name, text }: Pick<About, 'name' | 'text'>): Question {
  return { kind: 'input-size', input: name, shape: text };
}

/** The image input, and what was chosen for it. */
interface About {
  name: string;
  /** Type and shape in the file's own words, `float32 [N,3,height,width]`. */
  text: string;
  /** [height, width] to use where the file leaves them open. */
  inputSize: readonly [number, number] | undefined;
}

/**
 * Height and width of the image input. All formats ask here.
 * @param declared [height, width] as the file has them; an open one is undefined.
 * @throws ModelError 'input': with the question 'input-size' where a side is open and none is given; where a side is no size of an image.
 */
export function imageSides(declared: readonly [number | undefined, number | undefined], about: About): [number, number] {
  return [side(declared[0], about, 0), side(declared[1], about, 1)];
}

function side(declared: number | undefined, { name, text, inputSize }: About, axis: 0 | 1): number {
  const pixels = declared ?? inputSize?.[axis];
  if (pixels === undefined) {
    throw new ModelError('input', `The model leaves the image size open: its input '${name}' is ${text}.`, {
      where: name,
      hint: 'Set input.size to [height, width] in the sidecar, or to "image" for the size of each image.',
      question: sizeQuestion({ name, text }),
    });
  }
  if (Number.isInteger(pixels) && pixels > 0 && pixels <= LARGEST_SIDE) return pixels;
  throw new ModelError('input', `The model's input '${name}' is ${text}; a side of an image must be 1 to ${LARGEST_SIDE} pixels.`, {
    where: name,
    hint: 'Glassbox explains models with an image as input.',
  });
}
