// Stands in for the engine process. The model's name says what happens; `configure` too may be made to fail.
import { ModelError } from '../../src/shared/errors.ts';
import type { EngineCalls, ModelInfo } from '../../src/shared/protocol.ts';
import { type Handlers, serve } from '../../src/shared/rpc.ts';

if (process.env['FAKE_ENGINE'] === 'dies') {
  console.error('Error: Cannot find the library libfake.so.1');
  process.exit(7);
}

type Told = Pick<EngineCalls, 'configure' | 'open' | 'explain'>;

let configuration: EngineCalls['configure']['params'] | undefined;
console.log('fake engine runs');

const handlers: Handlers<Told> = {
  async configure(params) {
    if (process.env['FAKE_ENGINE'] === 'refuses') throw new ModelError('engine', 'This engine is not installed.');
    configuration = params;
  },
  async open({ model }) {
    if (model === 'hang') return await new Promise<ModelInfo>(() => {});
    // What the test wants to know of this process, in place of a model.
    return { name: JSON.stringify({ pid: process.pid, configuration, options: process.env['NODE_OPTIONS'] ?? null }) } as ModelInfo;
  },
  explain: () => process.kill(process.pid, 'SIGSEGV') as never,
};
serve<Told>(
  {
    post: (frame) => process.send?.(frame as object),
    listen(callback) {
      process.on('message', callback);
      return () => process.off('message', callback);
    },
  },
  handlers,
);
process.on('disconnect', () => process.exit());
