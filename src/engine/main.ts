/** Entry of the engine process, forked by the editor's extension host: serves EngineCalls over process messages. */
import { constants, setPriority } from 'node:os';
import { type Port, serve } from '../shared/rpc.ts';
import { createEngine } from './engine.ts';

const port: Port = {
  post: (frame) => process.send?.(frame as object),
  listen(callback) {
    process.on('message', callback);
    return () => process.off('message', callback);
  },
};

// The editor and the person's own work come first.
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
serve(port, createEngine({ engine: 'auto', cacheBytes: 2 ** 31 }));
// The host is gone: nobody is left to compute for.
process.on('disconnect', () => process.exit(0));
