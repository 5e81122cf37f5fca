import { chooseExecutor } from '../execute/choose.ts';
import type { CompileOptions, Executor, Program } from '../execute/executor.ts';
import type { Graph } from '../graph/graph.ts';
import type { EngineChoice } from '../shared/protocol.ts';
import { ByteCache } from './byteCache.ts';

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

/**
 * Compiled graphs of the chosen engine. Bounded by bytes, all programs of a model together, so that those of the newest
 * model never push each other out. Compiling the same graph twice at once happens once; a program in use is not disposed of.
 */
export class Programs {
  readonly #models: ByteCache<Map<string, Compiled>>;
  readonly #compiling = new Map<string, Promise<Compiled>>();
  readonly #choose: typeof chooseExecutor;
  #executor: Promise<Executor> | undefined;
  #choice: EngineChoice;

  constructor(choice: EngineChoice, limit: number, choose = chooseExecutor) {
    this.#choice = choice;
    this.#choose = choose;
    this.#models = new ByteCache(limit, (programs) => {
      for (const program of programs.values()) program.retire();
    });
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
    this.#models.clear();
  }

  resize(limit: number): void {
    this.#models.resize(limit);
  }

  /** Runs `work` with the program under `key`, compiled from `plan()` where it is not there. */
  async use<P extends Planned, T>(key: ProgramKey, plan: () => P, work: (program: Program, names: Names<P>) => Promise<T>): Promise<T> {
    for (;;) {
      const compiled = this.#models.get(key.model)?.get(key.graph) ?? (await this.#compile(key, plan));
      // Thrown out before it was taken up: once more, with the engine of now.
      if (compiled.gone) continue;
      return await compiled.run(work as (program: Program, names: unknown) => Promise<T>);
    }
  }

  #compile(key: ProgramKey, plan: () => Planned): Promise<Compiled> {
    const id = `${key.model}:${key.graph}`;
    const known = this.#compiling.get(id);
    if (known) return known;
    const executor = this.executor();
    const compiling: Promise<Compiled> = executor
      .then((e) => compile(e, plan()))
      .then((compiled) => {
        if (this.#executor === executor) this.#keep(key, compiled);
        else compiled.retire();
        return compiled;
      })
      .finally(() => {
        if (this.#compiling.get(id) === compiling) this.#compiling.delete(id);
      });
    this.#compiling.set(id, compiling);
    return compiling;
  }

  #keep({ model, graph }: ProgramKey, compiled: Compiled): void {
    const programs = this.#models.get(model) ?? new Map<string, Compiled>();
    programs.set(graph, compiled);
    this.#models.set(
      model,
      programs,
      [...programs.values()].reduce((sum, p) => sum + p.bytes, 0),
    );
  }
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
