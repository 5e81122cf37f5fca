import { chooseExecutor } from '../execute/choose.ts';
import type { CompileOptions, Executor, Program } from '../execute/executor.ts';
import type { Graph } from '../graph/graph.ts';
import { cancelled } from '../shared/errors.ts';
import type { EngineChoice } from '../shared/protocol.ts';

/** A graph to compile, with what its user needs to know of it when it runs. */
export interface Planned {
  graph: Graph;
  /** How to compile it. */
  options?: CompileOptions;
}

/** What stays of a plan once it is compiled: not the graph, which may hold weights of its own. */
export type Names<P extends Planned> = Omit<P, keyof Planned>;

/** Identifies a program: the hash of its model, and which of the model's graphs it is. */
export interface ProgramKey {
  model: string;
  graph: string;
}

/** A program of the model in use is not pushed out before it was idle so long, ms: methods that alternate between several keep them. */
const idle = 10_000;

interface Entry {
  model: string;
  compiled: Compiled;
  used: number;
}

/**
 * Compiled graphs of the chosen engine, bounded by bytes: the longest unused go first, those of other models at once, those of
 * the newest model when they have been idle for a while. Compiling the same graph twice at once happens once; a program in use
 * is not disposed of.
 */
export class Programs {
  /** In order of use. */
  readonly #entries = new Map<string, Entry>();
  readonly #compiling = new Map<string, Promise<Compiled>>();
  readonly #choose: typeof chooseExecutor;
  readonly #now: () => number;
  #limit: number;
  #executor: Promise<Executor> | undefined;
  #choice: EngineChoice;
  #closed = false;

  constructor(choice: EngineChoice, limit: number, choose = chooseExecutor, now: () => number = () => performance.now()) {
    this.#choice = choice;
    this.#choose = choose;
    this.#limit = limit;
    this.#now = now;
  }

  executor(): Promise<Executor> {
    if (this.#executor) return this.#executor;
    const executor = this.#choose(this.#choice);
    this.#executor = executor;
    executor.catch(() => {
      if (this.#executor === executor) this.#executor = undefined;
    });
    return executor;
  }

  choose(choice: EngineChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    this.#executor = undefined;
    this.#compiling.clear();
    for (const id of [...this.#entries.keys()]) this.#drop(id);
  }

  resize(limit: number): void {
    this.#limit = limit;
    this.#shrink();
  }

  /** Programs of the same engine that are kept apart, up to `close`: they push out none of these. */
  aside(limit: number): Programs {
    return new Programs(this.#choice, limit, () => this.executor(), this.#now);
  }

  /** Disposes of all, of those in use when they are done. Who asks later hears 'cancelled'. */
  close(): void {
    this.#closed = true;
    for (const id of [...this.#entries.keys()]) this.#drop(id);
  }

  /** Runs `work` with the program under `key`, compiled from `plan()` where it is not there. */
  async use<P extends Planned, T>(key: ProgramKey, plan: () => P, work: (program: Program, names: Names<P>) => Promise<T>): Promise<T> {
    for (;;) {
      // Whoever closed them waits for nothing any more.
      if (this.#closed) throw cancelled();
      const compiled = this.#known(key) ?? (await this.#compile(key, plan));
      // Thrown out before it was taken up: once more, with the engine of now.
      if (compiled.gone) continue;
      return await compiled.run(work as (program: Program, names: unknown) => Promise<T>);
    }
  }

  #compile(key: ProgramKey, plan: () => Planned): Promise<Compiled> {
    const id = idOf(key);
    const known = this.#compiling.get(id);
    if (known) return known;
    const executor = this.executor();
    const compiling: Promise<Compiled> = executor
      .then((e) => compile(e, plan()))
      .then((compiled) => {
        if (this.#executor === executor && !this.#closed) this.#keep(key, compiled);
        else compiled.retire();
        return compiled;
      })
      .finally(() => {
        if (this.#compiling.get(id) === compiling) this.#compiling.delete(id);
      });
    this.#compiling.set(id, compiling);
    return compiling;
  }

  #known(key: ProgramKey): Compiled | undefined {
    const entry = this.#entries.get(idOf(key));
    if (entry) this.#keep(key, entry.compiled);
    return entry?.compiled;
  }

  #keep(key: ProgramKey, compiled: Compiled): void {
    this.#entries.delete(idOf(key));
    this.#entries.set(idOf(key), { model: key.model, compiled, used: this.#now() });
    this.#shrink();
  }

  #shrink(): void {
    const newest = [...this.#entries.values()].at(-1);
    let bytes = [...this.#entries.values()].reduce((sum, { compiled }) => sum + compiled.bytes, 0);
    for (const [id, entry] of [...this.#entries]) {
      if (bytes <= this.#limit || entry === newest) return;
      if (entry.model === newest?.model && this.#now() - entry.used < idle) continue;
      bytes -= entry.compiled.bytes;
      this.#drop(id);
    }
  }

  #drop(id: string): void {
    this.#entries.get(id)?.compiled.retire();
    this.#entries.delete(id);
  }
}

function idOf({ model, graph }: ProgramKey): string {
  return `${model}:${graph}`;
}

async function compile(executor: Executor, { graph, options, ...names }: Planned): Promise<Compiled> {
  return new Compiled(await executor.compile(graph, options), names);
}

/** A program and how many runs are using it. */
class Compiled {
  readonly #program: Program;
  readonly #names: unknown;
  #users = 0;
  #retired = false;

  constructor(program: Program, names: unknown) {
    this.#program = program;
    this.#names = names;
  }

  get bytes(): number {
    return this.#program.bytes;
  }

  /** Disposed of. */
  get gone(): boolean {
    return this.#retired && this.#users === 0;
  }

  async run<T>(work: (program: Program, names: unknown) => Promise<T>): Promise<T> {
    this.#users++;
    try {
      return await work(this.#program, this.#names);
    } finally {
      this.#users--;
      if (this.gone) this.#dispose();
    }
  }

  /** No longer kept: disposed of now, or when the last run ends. */
  retire(): void {
    if (this.#retired) return;
    this.#retired = true;
    if (this.gone) this.#dispose();
  }

  #dispose(): void {
    // Nobody is left whom a failure would concern.
    this.#program.dispose().catch(() => {});
  }
}
