import type { Feature, Page } from '../feature.ts';
import type { Flow } from '../flow.ts';

export class Neighbours implements Feature {
  readonly #page: Page;
  readonly #flow: Flow;

  constructor(page: Page, flow: Flow) {
    this.#page = page;
    this.#flow = flow;
  }

  sync(): void {}

  clear(): void {}

  leave(): boolean {
    return false;
  }
}
