import { toErrorRecord } from '../../src/shared/errors.ts';
import type { PageCalls, PreprocessingTrial } from '../../src/shared/protocol.ts';
import type { Question } from '../../src/shared/question.ts';
import type { Client } from '../../src/shared/rpc.ts';
import type { InputSize, InputValues } from '../../src/shared/sidecar.ts';
import type { Store } from '../page/store.ts';
import type { MapJobs } from './mapJobs.ts';
import { nothingAnswered, type PageState } from './state.ts';
import type { SubjectFlow } from './subjectFlow.ts';

/** Models whose offer of class names is remembered as declined. */
const remembered = 50;

/** What a model file does not say: asks the person, and has the host write what they answer to the sidecar. */
export class Answers {
  readonly #store: Store<PageState>;
  readonly #client: Client<PageCalls>;
  readonly #jobs: MapJobs;
  readonly #flow: SubjectFlow;
  /** Had the focus when the question came. */
  #before: HTMLElement | undefined;

  constructor(store: Store<PageState>, client: Client<PageCalls>, jobs: MapJobs, flow: SubjectFlow) {
    this.#store = store;
    this.#client = client;
    this.#jobs = jobs;
    this.#flow = flow;
  }

  /** Asks, also what is answered already. */
  ask(question: Question): void {
    this.#before = document.activeElement instanceof HTMLElement ? document.activeElement : undefined;
    void this.#flow.ask(question);
  }

  /** Puts the question away; nothing is changed by it. Returns whether there was one. */
  dismiss(): boolean {
    if (!this.#store.get().asked) return false;
    this.#store.set({ asked: undefined, trials: undefined, answer: nothingAnswered });
    if (this.#before?.isConnected) this.#before.focus();
    this.#before = undefined;
    return true;
  }

  preprocessing({ id, preprocessing }: PreprocessingTrial): void {
    void this.#save(id, () => this.#client.call('savePreprocessing', { preprocessing }));
  }

  inputSize(size: InputSize): void {
    void this.#save(size === 'image' ? size : size.join('x'), () => this.#client.call('saveInputSize', { size }));
  }

  inputs(inputs: InputValues): void {
    void this.#save('inputs', () => this.#client.call('saveInputs', { inputs }));
  }

  /** One of the known sets; undefined: takes it out again. */
  labels(id: string | undefined): void {
    void this.#save(`labels ${id ?? ''}`, () => this.#client.call('saveLabels', { id }));
  }

  output(output: string): void {
    void this.#save(`output ${output}`, () => this.#client.call('saveOutput', { output }));
  }

  /** The known sets are none of this model's; or are offered again. */
  declineLabels(declined: boolean): void {
    const { choices, subject } = this.#store.get();
    const path = subject?.modelPath;
    if (path === undefined) return;
    const others = (choices.declined ?? []).filter((each) => each !== path);
    this.#store.set({ choices: { ...choices, declined: declined ? [...others, path].slice(-remembered) : others } });
  }

  async #save(id: string, send: () => Promise<void>): Promise<void> {
    const { subject, answer } = this.#store.get();
    if (!subject || answer.saving !== undefined) return;
    const current = () => this.#store.get().subject?.generation === subject.generation;
    this.#store.set({ answer: { saving: id, error: undefined } });
    try {
      await send();
      // The host usually answers with a new subject; where it does not, the same one is predicted anew.
      if (!current()) return;
      this.#jobs.clear();
      await this.#flow.predict();
    } catch (error) {
      if (current()) this.#store.set({ answer: { saving: undefined, error: toErrorRecord(error) } });
    }
  }
}
