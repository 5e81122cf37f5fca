import { cancelled } from '../shared/errors.ts';

/** One showing of what a panel is about. */
export interface Showing<Turn> {
  /** Counts from 1. Pages hand it back with their calls. */
  generation: number;
  /** What the page turns to; undefined: it stays as it is. */
  turn: Turn | undefined;
}

/**
 * What a panel shows its pages, one after the other. A page may come late or come back: it hears the last. What to turn to is
 * handed on until a page has heard it.
 */
export class Showings<Subject, Turn> {
  readonly #tell: (subject: Subject) => void;
  readonly #failed: (error: Error) => void;
  #now: Showing<Turn> = { generation: 0, turn: undefined };
  #described: Promise<Subject> | undefined;
  #told = false;

  constructor(tell: (subject: Subject) => void, failed: (error: Error) => void) {
    this.#tell = tell;
    this.#failed = failed;
  }

  get now(): Showing<Turn> {
    return this.#now;
  }

  /** Another showing begins. */
  next(turn?: Turn): void {
    const kept = this.#told ? undefined : this.#now.turn;
    this.#now = { generation: this.#now.generation + 1, turn: turn ?? kept };
  }

  /** The same showing goes on: what a page has of it stays. It turns to something, or stays as it is. */
  goOn(turn?: Turn): void {
    const kept = this.#told ? undefined : this.#now.turn;
    this.#now = { ...this.#now, turn: turn ?? kept };
  }

  /** Tells the page, unless there is something newer to tell by then. */
  announce(described: Promise<Subject>): void {
    this.#described = described;
    described.then((subject) => this.#described === described && this.#tell(subject), this.#failed);
  }

  /** The answer to a page that is ready. */
  async first(): Promise<Subject> {
    const described = this.#described;
    const subject = await described!;
    if (described !== this.#described) return await this.first();
    this.#told = true;
    return subject;
  }

  /** Throws 'cancelled' for a page's call about what is no longer shown. */
  expect(generation: number): void {
    if (generation !== this.#now.generation) throw cancelled();
  }
}
