import type { InputValue } from './sidecar.ts';

/** What only a person can tell about a model, in a form that a page can ask for. */
export type Question =
  /** How an image becomes the input: see `preprocessings`. */
  | { kind: 'preprocessing' }
  /** Height and width of the image, which the file leaves open. `tried`: a size that was given and does not fit. */
  | { kind: 'input-size'; input: string; shape: string; tried?: readonly [number, number] }
  /** Values of the inputs that are no image. */
  | { kind: 'inputs'; image: string; others: readonly OtherInput[] };

/** An input beside the image, in the file's own words. */
export interface OtherInput {
  name: string;
  /** `float32 [N,4]` */
  shape: string;
  /** Only whole numbers can be its values. */
  whole: boolean;
  /** What it is given now. */
  value?: InputValue;
}
