import type { Pixels } from '../../image/resample.ts';
import type { Climb } from '../../inspect/visualise/visualiser.ts';
import type { VisualiseProgress } from '../../shared/unitsProtocol.ts';
import { shownPicture, shownRgb } from './shownPicture.ts';

/** Pictures shown on the way, spread evenly, first and last besides: enough to play as a film, few enough to keep. */
const frames = 32;
/** Between two reports without a picture, ms. */
const interval = 100;

/** Tells how a climb is going. */
export class ClimbProgress {
  readonly #climb: Climb;
  readonly #input: { height: number; width: number };
  readonly #report: (value: VisualiseProgress) => void;
  readonly #start = performance.now();
  #reported = 0;
  #nextFrame = 0;

  constructor(climb: Climb, input: { height: number; width: number }, report: (value: VisualiseProgress) => void) {
    this.#climb = climb;
    this.#input = input;
    this.#report = report;
  }

  /** Before the picture follows the gradient of step number `step`, whose value is known. */
  at(step: number, value: number): void {
    const now = performance.now();
    const { steps } = this.#climb;
    const isFrame = step >= this.#nextFrame;
    if (!isFrame && now - this.#reported < interval) return;
    this.#reported = now;
    const secondsLeft = step > 0 ? ((now - this.#start) / step) * ((steps - step) / 1000) : undefined;
    if (isFrame) this.#nextFrame = step + steps / frames;
    const preview = isFrame ? { preview: shownRgb(shownPicture(this.#climb.render(), this.#input)) } : {};
    this.#report({ step, steps, value, secondsLeft, ...preview });
  }

  /** The picture as it is handed over, and what the network says of it. */
  end(value: number, shown: Pixels): void {
    const { steps } = this.#climb;
    this.#report({ step: steps, steps, value, secondsLeft: 0, preview: shownRgb(shown) });
  }
}
