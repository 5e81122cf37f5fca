import { ModelError } from '../../src/shared/errors.ts';
import type { Call } from '../../src/shared/protocol.ts';
import type { Handlers } from '../../src/shared/rpc.ts';

/** A small protocol to test the channel with. */
export interface FakeCalls {
  double: Call<{ values: Float32Array }, Float32Array>;
  fail: Call<{ kind: 'model' | 'plain' }, void>;
  count: Call<{ to: number }, string, number>;
  wait: Call<Record<string, never>, void>;
  aborted: Call<Record<string, never>, number>;
}

export function fakeHandlers(): Handlers<FakeCalls> {
  let aborted = 0;
  return {
    double: async ({ values }) => values.map((each) => each * 2),
    async fail({ kind }) {
      if (kind === 'plain') throw new TypeError('no model error');
      throw new ModelError('shape', "Layer 'a' wants 3 channels.", { file: 'm.onnx', where: 'a', hint: 'Export it again.' });
    },
    async count({ to }, { progress }) {
      for (let i = 1; i <= to; i++) progress(i);
      return `counted to ${to}`;
    },
    wait: (_, { signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          aborted++;
          reject(new Error('stopped working'));
        });
      }),
    aborted: async () => aborted,
  };
}
