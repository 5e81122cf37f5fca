import { ModelError } from '../../shared/errors.ts';
import type { BackendName } from './kernels/kernel.ts';
import type { Tf } from './value.ts';

/** Beyond this many bytes of tensors the 4 GB of wasm memory may not do, and its allocator fails without a word. */
const WASM_BYTES = 2.5 * 2 ** 30;

/** A loaded backend of TensorFlow.js. There is one global current backend: whoever computes makes his own current first. */
export class Backend {
  readonly id: BackendName;
  readonly tf: Tf;
  readonly #refusals: readonly string[];

  /** @param refusals what the backend reported instead of throwing, see load.ts; grows while it computes */
  constructor(tf: Tf, id: BackendName, refusals: readonly string[] = []) {
    this.tf = tf;
    this.id = id;
    this.#refusals = refusals;
  }

  /** Runs synchronous work on this backend. @throws ModelError('engine') if the backend refused any of it */
  guard<T>(work: () => T): T {
    if (this.tf.getBackend() !== this.id) {
      // Loaded long ago, so this takes effect before it returns.
      void this.tf.setBackend(this.id);
    }
    const before = this.#refusals.length;
    const result = work();
    const refusal = this.#refusals[before];
    if (refusal !== undefined) throw new ModelError('engine', `TensorFlow.js (${this.id}) reports: ${refusal}`);
    if (this.id === 'wasm' && this.tf.memory().numBytes > WASM_BYTES) {
      throw new ModelError('engine', 'The network needs more memory than WebAssembly has.', {
        hint: 'Set "glassbox.engine" to "onnxruntime".',
      });
    }
    return result;
  }
}
