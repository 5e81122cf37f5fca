import { ModelError } from '../shared/errors.ts';
import type { EngineCalls } from '../shared/protocol.ts';
import type { CallOptions } from '../shared/rpc.ts';
import { untilAborted } from '../shared/sharedJobs.ts';
import { describeJob } from './describeJob.ts';
import { EngineProcess } from './engineProcess.ts';
import type { Log } from './log.ts';

export interface EngineOptions {
  /** The engine's program, an absolute path. */
  entry: string;
  /** Read at every start. */
  configuration(): EngineCalls['configure']['params'];
  log: Log;
  /** The process ends after so long without work, ms. */
  idle?: number;
  /** Called when a process ended that should not have. */
  ended?(reason: ModelError): void;
}

/** Crashes at start before the next try has to wait, and the waits, ms. */
const freeTries = 2;
const firstWait = 2_000;
const longestWait = 60_000;

const restartHint = "Run 'Glassbox: Restart Engine' to try again; 'Glassbox: Show Log' tells what the engine printed.";

/** The engine as the host sees it: started on first need, restarted after a crash, ended when idle. */
export class EngineClient {
  readonly #options: EngineOptions;
  readonly #idle: number;
  #process: EngineProcess | undefined;
  #idleTimer: NodeJS.Timeout | undefined;
  /** Starts in a row that came to nothing, the error of the last, and when the next may be tried. */
  #failedStarts = 0;
  #lastFailure: ModelError | undefined;
  #nextTry = 0;
  #underWay = 0;
  #disposed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#idle = options.idle ?? 5 * 60_000;
  }

  /** Process id while the engine runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Throws ModelError('engine') when the engine does not start or ends before it answers. */
  async call<K extends keyof EngineCalls & string>(
    method: K,
    params: EngineCalls[K]['params'],
    options: CallOptions<EngineCalls[K]['progress']> = {},
  ): Promise<EngineCalls[K]['result']> {
    clearTimeout(this.#idleTimer);
    this.#underWay++;
    try {
      const engine = this.#running();
      await (options.signal ? untilAborted(engine.ready, options.signal) : engine.ready);
      return await engine.client.call(method, params, options);
    } catch (error) {
      throw error instanceof EngineEnd ? error.during(describeJob(method, params)) : error;
    } finally {
      if (--this.#underWay === 0) this.#startIdleTimer();
    }
  }

  /** Hands new settings to a running engine. */
  async configure(): Promise<void> {
    if (this.#process) await this.call('configure', this.#options.configuration());
  }

  /** Ends the process, jobs under way with it; the next call starts a new one. */
  restart(): void {
    this.#failedStarts = 0;
    this.#nextTry = 0;
    this.#end('The engine was restarted', 'Try again.');
  }

  dispose(): void {
    this.#disposed = true;
    clearTimeout(this.#idleTimer);
    this.#end('The engine was shut down', 'Reload the window.');
  }

  #running(): EngineProcess {
    if (this.#disposed) throw new ModelError('engine', 'The engine was shut down.');
    if (this.#process) return this.#process;
    if (this.#lastFailure && Date.now() < this.#nextTry) throw this.#lastFailure;
    const { entry, log } = this.#options;
    const started: EngineProcess = new EngineProcess(entry, this.#options.configuration(), log, (how) => this.#ended(started, how));
    this.#process = started;
    started.ready.then(
      () => {
        this.#failedStarts = 0;
        this.#lastFailure = undefined;
      },
      // It runs but refuses its configuration: the next call asks a new one, with the settings of then.
      () => this.#process === started && this.#end('The engine refused its settings', 'Check the Glassbox settings.'),
    );
    return started;
  }

  /** The process ended by itself. */
  #ended(engine: EngineProcess, how: string): void {
    if (this.#process !== engine) return;
    this.#process = undefined;
    if (!engine.isReady) this.#startFailed(how, engine.lastWords);
    const reason = engine.isReady
      ? new EngineEnd(`The engine process ended unexpectedly (${how})`, 'Try again; the engine starts anew by itself.')
      : this.#lastFailure!;
    this.#options.log.error(`${reason.message} ${engine.lastWords}`);
    engine.close(reason);
    this.#options.ended?.(reason);
  }

  #startFailed(how: string, lastWords: string): void {
    this.#failedStarts++;
    const wait = this.#failedStarts < freeTries ? 0 : Math.min(longestWait, firstWait * 2 ** (this.#failedStarts - freeTries));
    this.#nextTry = Date.now() + wait;
    const cause = lastWords === '' ? '' : `: ${lastWords}`;
    this.#lastFailure = new ModelError('engine', `The engine process does not start (${how})${cause}.`, { hint: restartHint });
  }

  #end(message: string, hint: string): void {
    const engine = this.#process;
    this.#process = undefined;
    engine?.close(new EngineEnd(message, hint));
  }

  #startIdleTimer(): void {
    if (this.#disposed || !this.#process) return;
    this.#idleTimer = setTimeout(() => {
      this.#options.log.info('The engine is idle and ends; the next explanation starts it again.');
      this.#end('The engine ended because it was idle', 'Try again.');
    }, this.#idle);
    this.#idleTimer.unref();
  }
}

/** The end of a process with jobs under way; each job adds what it was doing. */
class EngineEnd extends ModelError {
  readonly #what: string;

  constructor(what: string, hint: string) {
    super('engine', `${what}.`, { hint });
    this.#what = what;
  }

  during(job: string): ModelError {
    return new ModelError('engine', `${this.#what} while ${job}.`, this.hint === undefined ? {} : { hint: this.hint });
  }
}
