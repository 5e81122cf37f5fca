import type { Check } from '../shared/protocol.ts';
import type { CallContext } from '../shared/rpc.ts';
import { SharedJobs } from '../shared/sharedJobs.ts';
import { ByteCache } from './byteCache.ts';

/** What the network said of a list of inputs, in their order: the logits of all classes. */
export class Answers {
  /** How they were had: for the maps made of them. */
  checks: readonly Check[] = [];
  readonly #classes: number;
  #logits: Float32Array;
  #done = 0;

  constructor(classes: number, count: number) {
    this.#classes = classes;
    this.#logits = new Float32Array(classes * count);
  }

  /** How many inputs are answered. */
  get done(): number {
    return this.#done;
  }

  get bytes(): number {
    return this.#logits.byteLength;
  }

  /** Logits [classes] for input number i. */
  of(i: number): Float32Array {
    return this.#logits.subarray(i * this.#classes, (i + 1) * this.#classes);
  }

  /** Logits [n,classes] for the next n inputs. */
  add(logits: Float32Array): void {
    this.#logits.set(logits, this.#done * this.#classes);
    this.#done += logits.length / this.#classes;
  }

  /** Makes room for so many inputs in all. */
  reserve(count: number): void {
    if (count * this.#classes <= this.#logits.length) return;
    const larger = new Float32Array(count * this.#classes);
    larger.set(this.#logits);
    this.#logits = larger;
  }
}

/** Asks for the answers that are missing, telling after each batch how many there are. */
type Ask = (answers: Answers, context: CallContext<number>) => Promise<void>;

/**
 * Answers that know no class: kept, so that another class costs nothing and a cancelled job goes on where it stopped; asked
 * for once, however many maps wait for them.
 */
export class AnswerCache {
  readonly #kept: ByteCache<Answers>;
  readonly #jobs = new SharedJobs();

  constructor(limit: number) {
    this.#kept = new ByteCache(limit);
  }

  resize(limit: number): void {
    this.#kept.resize(limit);
  }

  /** Those kept under `key`, with room for `count` of `classes` numbers each. */
  get(key: string, classes: number, count: number): Answers {
    const answers = this.#kept.get(key) ?? new Answers(classes, count);
    answers.reserve(count);
    this.#kept.set(key, answers, answers.bytes);
    return answers;
  }

  /** Returns when `count` of the answers are there; `context.progress` is told how many there are. */
  async complete(key: string, answers: Answers, count: number, ask: Ask, context: CallContext<number>): Promise<void> {
    // A job under way may have been started for fewer.
    while (answers.done < count) await this.#jobs.run(key, context, (job: CallContext<number>) => ask(answers, job));
  }
}
