// Serves the fake protocol from a process of its own.
import { serve } from '../../src/shared/rpc.ts';
import { type FakeCalls, fakeHandlers } from './fakeCalls.ts';

const port = {
  post: (frame: unknown) => process.send?.(frame as object),
  listen(callback: (frame: unknown) => void) {
    process.on('message', callback);
    return () => process.off('message', callback);
  },
};
serve<FakeCalls>(port, fakeHandlers());
process.on('disconnect', () => process.exit());
