import { ModelError } from '../../shared/errors.ts';
import type { BackendName } from './kernels/kernel.ts';
import type { Tf } from './value.ts';

/** Beyond this many bytes of tensors the 4 GB of wasm memory may not do, and its allocator fails without a word. */
const WASM_BYTES = 2.5 * 2 ** 30;

/** A loaded backend of TensorFlow.js. There is one global current backend: whoever computes makes his own current first. */
export class Backend {
  readonly id: BackendName;
  readonly tf: Tf;

  constructor(tf: Tf, id: BackendName) {
    this.tf = tf;
    this.id = id;
  }

  /**
   * Runs synchronous work on this backend. XNNPACK, below the wasm backend, reports what it refuses to the console and leaves
   * the result as it was: such a report becomes an error.
   */
  guard<T>(work: () => T): T {
    if (this.tf.getBackend() !== this.id) {
      // Loaded long ago, so this takes effect before it returns.
      void this.tf.setBackend(this.id);
    }
    const { warn, error } = console;
    const reports: string[] = [];
    const listen = (...parts: unknown[]) => {
      reports.push(parts.map(String).join(' '));
    };
    console.warn = listen;
    console.error = listen;
    try {
      const result = work();
      this.#check(reports);
      return result;
    } finally {
      console.warn = warn;
      console.error = error;
    }
  }

  #check(reports: readonly string[]): void {
    const refusal = reports.find((r) => /xnn|not supported|failed|abort/i.test(r));
    if (refusal !== undefined) throw new ModelError('engine', `TensorFlow.js (${this.id}) reports: ${refusal.trim()}`);
    if (this.id === 'wasm' && this.tf.memory().numBytes > WASM_BYTES) {
      throw new ModelError('engine', 'The network needs more memory than WebAssembly has.', {
        hint: 'Set "glassbox.engine" to "onnxruntime".',
      });
    }
  }
}
