import type { RgbPixels } from '../../../src/shared/unitsProtocol.ts';
import { paintRgb } from '../../draw/rgb.ts';
import type { Page } from '../flow.ts';
import { readCheckpoints } from '../selectors.ts';

/** Longest side of what is kept: enough for a row on a sharp screen. */
const largest = 256;
/** Asked for at once: the first ones are there before the last ones are read. */
const together = 6;

/** What the network sees of the probes: asked for once, kept small. */
export class Pictures {
  readonly #page: Page;
  /** Under way or there, or not to be had with so many checkpoints read. */
  readonly #asked = new Map<string, number>();
  #run: string | undefined;

  constructor(page: Page) {
    this.#page = page;
  }

  /** Asks for what is missing. */
  look(): void {
    const { store } = this.#page;
    const { subject } = store.get();
    const read = readCheckpoints(store.get()).length;
    if (subject?.run?.id !== this.#run) this.#asked.clear();
    this.#run = subject?.run?.id;
    if (read === 0 || !subject) return;
    const { pictures } = store.get();
    const missing = subject.probes.map(({ path }) => path).filter((path) => !pictures.has(path) && this.#asked.get(path) !== read);
    for (const path of missing) this.#asked.set(path, read);
    for (let i = 0; i < missing.length; i += together) void this.#ask(missing.slice(i, i + together), this.#run);
  }

  async #ask(images: readonly string[], run: string | undefined): Promise<void> {
    const { store, client } = this.#page;
    // One that cannot be had is asked for again when there is another checkpoint: its row says what is wrong with it.
    const found = await client.call('pictures', { images }).catch(() => []);
    if (run !== this.#run) return;
    const made = images.flatMap((path, i) => {
      const picture = found[i];
      return picture ? [[path, small(picture)] as const] : [];
    });
    if (made.length > 0) store.set({ pictures: new Map([...store.get().pictures, ...made]) });
  }
}

function small(picture: RgbPixels): OffscreenCanvas {
  const factor = Math.min(1, largest / Math.max(picture.width, picture.height));
  const whole = Object.assign(document.createElement('canvas'), { width: picture.width, height: picture.height });
  const pen = whole.getContext('2d', { willReadFrequently: true });
  if (pen) paintRgb(pen, picture);
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(picture.width * factor)), Math.max(1, Math.round(picture.height * factor)));
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (context) {
    context.imageSmoothingQuality = 'high';
    context.drawImage(whole, 0, 0, canvas.width, canvas.height);
  }
  return canvas;
}
