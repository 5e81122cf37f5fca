export interface PictureSource<T> {
  /** Asked for together. */
  batch: number;
  /** Kept; the ones used longest ago are given back. */
  kept: number;
  /** In the order of `images`; undefined: none can be had. Answers undefined where the page is about something else by now. Throws where none can be had at all. */
  fetch(images: readonly string[]): Promise<readonly (T | undefined)[] | undefined>;
  /** Frees what a picture holds. */
  give(picture: T): void;
  /** More are there. */
  changed(): void;
}

/** Small pictures of images: asked for when they are first wanted, those on screen first, kept as long as there is room. */
export class WantedPictures<T> {
  readonly #source: PictureSource<T>;
  /** In order of use; undefined: there is none. */
  readonly #pictures = new Map<string, T | undefined>();
  readonly #wanted = new Set<string>();
  #asking = false;

  constructor(source: PictureSource<T>) {
    this.#source = source;
  }

  /** Undefined: not there yet (then the page hears when it is), or none. */
  get(path: string): T | undefined {
    if (this.#pictures.has(path)) {
      const picture = this.#pictures.get(path);
      this.#pictures.delete(path);
      this.#pictures.set(path, picture);
      return picture;
    }
    // What is wanted again is on screen now.
    this.#wanted.delete(path);
    this.#wanted.add(path);
    if (!this.#asking) queueMicrotask(() => void this.#ask());
    return undefined;
  }

  /** Pictures may have changed. */
  clear(): void {
    for (const picture of this.#pictures.values()) this.#give(picture);
    this.#pictures.clear();
    this.#wanted.clear();
  }

  async #ask(): Promise<void> {
    if (this.#asking || this.#wanted.size === 0) return;
    this.#asking = true;
    // The ones wanted last are on screen.
    const images = [...this.#wanted].slice(-this.#source.batch);
    for (const path of images) this.#wanted.delete(path);
    try {
      const found = await this.#source.fetch(images);
      if (found) this.#keep(images, found);
    } catch {
      // A page without a small picture says what it is about all the same.
    } finally {
      this.#asking = false;
      if (this.#wanted.size > 0) void this.#ask();
    }
  }

  #keep(images: readonly string[], found: readonly (T | undefined)[]): void {
    images.forEach((path, i) => {
      this.#give(this.#pictures.get(path));
      this.#pictures.set(path, found[i]);
    });
    for (const [path, picture] of this.#pictures) {
      if (this.#pictures.size <= this.#source.kept) break;
      this.#give(picture);
      this.#pictures.delete(path);
    }
    this.#source.changed();
  }

  #give(picture: T | undefined): void {
    if (picture !== undefined) this.#source.give(picture);
  }
}
