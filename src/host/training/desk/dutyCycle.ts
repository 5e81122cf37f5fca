/** Work that leaves the machine to others for a share of the time. */
export class DutyCycle {
  #worked = 0;
  #ended = 0;

  /** A piece of work has taken so long, ms. */
  worked(ms: number): void {
    this.#worked = ms;
    this.#ended = performance.now();
  }

  /** How long the next piece is to wait, ms. `share`: of the time that may be worked, 0..1. */
  wait(share: number): number {
    const rest = this.#worked * (1 / Math.min(1, Math.max(0.01, share)) - 1);
    return Math.max(0, this.#ended + rest - performance.now());
  }
}
