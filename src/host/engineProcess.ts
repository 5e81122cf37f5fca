import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ModelError } from '../shared/errors.ts';
import type { EngineCalls } from '../shared/protocol.ts';
import { type Client, createClient } from '../shared/rpc.ts';
import type { Log } from './log.ts';
import { processPort } from './ports.ts';

/** After the channel is closed the engine ends by itself; if it is busy, it is ended, ms. */
const grace = 1_000;

/** One forked engine, from its start to its end. */
export class EngineProcess {
  readonly client: Client<EngineCalls>;
  /** Settled when the engine has taken its configuration. */
  readonly ready: Promise<void>;
  isReady = false;
  /** The last thing it printed to stderr that looks like a cause. */
  lastWords = '';
  readonly #child: ChildProcess;

  /** `ended` is called once, when the process ends without `close`; `how`: `signal SIGSEGV`, `exit code 1`. */
  constructor(entry: string, configuration: EngineCalls['configure']['params'], log: Log, ended: (how: string) => void) {
    this.#child = fork(entry, [], {
      env: engineEnvironment(),
      // Neither the host's inspector port nor its other flags.
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    log.info(`Engine process ${this.#child.pid ?? '(not started)'} starts.`);
    forEachLine(this.#child.stdout, (line) => log.info(`engine: ${line}`));
    forEachLine(this.#child.stderr, (line) => {
      if (/\b\w*(Error|error)\b/.test(line)) this.lastWords = line.trim().replace(/\.$/, '');
      log.warn(`engine: ${line}`);
    });
    this.client = createClient<EngineCalls>(processPort(this.#child));
    this.#child.once('error', (error) => {
      this.lastWords ||= error.message;
      ended('it could not be started');
    });
    // 'close' and not 'exit': by then everything it printed has been read.
    this.#child.once('close', (code, signal) => ended(signal ? `signal ${signal}` : `exit code ${code}`));
    this.ready = this.client.call('configure', configuration).then(() => {
      this.isReady = true;
    });
    this.ready.catch(() => {});
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Rejects what is under way with `reason` and ends the process. */
  close(reason: ModelError): void {
    this.client.close(reason);
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), grace);
    this.#child.once('exit', () => clearTimeout(timer));
    this.#child.kill();
  }
}

/** Electron has to act as Node; what a debugger puts in NODE_OPTIONS must not reach the engine. */
function engineEnvironment(): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, ...env } = process.env;
  return { ...env, ELECTRON_RUN_AS_NODE: '1' };
}

function forEachLine(stream: Readable | null, callback: (line: string) => void): void {
  if (!stream) return;
  createInterface({ input: stream }).on('line', (line) => {
    if (line.trim() !== '') callback(line);
  });
}
