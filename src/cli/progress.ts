import type { MapProgress } from '../shared/protocol.ts';

/** One line on the terminal that is overwritten; nothing where the output is no terminal. */
export class Progress {
  readonly #image: string;
  #shown = false;

  constructor(image: string) {
    this.#image = image;
  }

  of(method: string): (progress: MapProgress) => void {
    return ({ done, secondsLeft }) => {
      if (!process.stderr.isTTY) return;
      const left = secondsLeft === undefined ? '' : `, ${Math.ceil(secondsLeft)} s left`;
      process.stderr.write(`\r\x1b[K${this.#image}: ${method} ${Math.round(done * 100)} %${left}`);
      this.#shown = true;
    };
  }

  clear(): void {
    if (this.#shown) process.stderr.write('\r\x1b[K');
    this.#shown = false;
  }
}
