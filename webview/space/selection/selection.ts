import type { Feature, Page } from '../feature.ts';
import type { Flow } from '../flow.ts';

export class Selection implements Feature {
  readonly #page: Page;
  readonly #flow: Flow;

  constructor(page: Page, flow: Flow) {
    this.#page = page;
    this.#flow = flow;
  }

  /** Opens a list of images, whatever chose them: a lasso, a cell of the matrix, a list. `title`: `square seen as star`. */
  show(_rows: readonly number[], _title: string): void {}

  sync(): void {}

  clear(): void {}

  leave(): boolean {
    return false;
  }
}
