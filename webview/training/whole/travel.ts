import { type Bounds, between } from '../../draw/camera.ts';

/** Where points are, and what of the plane is in sight. */
export interface Stand {
  /** [images,2]. */
  positions: Float32Array;
  bounds: Bounds;
}

/** From one checkpoint to another, ms. */
const takes = 300;

/** Points on their way from where they were to where they belong. */
export class Travel {
  #shown: Stand | undefined;
  #from: (Stand & { since: number }) | undefined;
  #to: Stand | undefined;

  /** Where points are at the moment. */
  get shown(): Stand | undefined {
    return this.#shown;
  }

  get isUnderWay(): boolean {
    return this.#from !== undefined;
  }

  /** They set out; they are there at once where nothing was, where they are others, or where a person wants no motion. */
  turnTo(to: Stand): void {
    const [shown, before] = [this.#shown, this.#to];
    if (before && before.positions === to.positions && isSame(before.bounds, to.bounds)) return;
    this.#to = to;
    const jumps = !shown || shown.positions.length !== to.positions.length || prefersStill();
    this.#from = jumps ? undefined : { ...shown, since: performance.now() };
    if (jumps) this.#shown = to;
  }

  /** `now`: ms as of `performance.now()`. */
  step(now: number): void {
    const [from, to] = [this.#from, this.#to];
    if (!from || !to) return;
    const share = Math.min(1, Math.max(0, (now - from.since) / takes));
    if (share >= 1) {
      this.#from = undefined;
      this.#shown = to;
      return;
    }
    // Slow at both ends.
    const eased = share * share * (3 - 2 * share);
    const positions = new Float32Array(to.positions.length);
    for (let i = 0; i < positions.length; i++) {
      const [a, b] = [from.positions[i] as number, to.positions[i] as number];
      positions[i] = Number.isNaN(a) ? b : a + (b - a) * eased;
    }
    this.#shown = { positions, bounds: between(from.bounds, to.bounds, eased) };
  }
}

function isSame(a: Bounds, b: Bounds): boolean {
  return a.x === b.x && a.y === b.y && a.halfWidth === b.halfWidth && a.halfHeight === b.halfHeight;
}

function prefersStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
