import type { Feature, Page } from '../feature.ts';

export class UnitPage implements Feature {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  sync(): void {}

  clear(): void {}

  leave(): boolean {
    return false;
  }
}
