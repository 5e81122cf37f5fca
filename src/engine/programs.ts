import { chooseExecutor } from '../execute/choose.ts';
import type { Executor, Program } from '../execute/executor.ts';
import type { Graph } from '../graph/graph.ts';
import type { EngineChoice } from '../shared/protocol.ts';
import { ByteCache } from './byteCache.ts';

/** Compiled graphs of the chosen engine, bounded by bytes; compiling the same graph twice at once happens once. */
export class Programs {
  readonly #cache: ByteCache<Program>;
  readonly #compiling = new Map<string, Promise<Program>>();
  #executor: Promise<Executor> | undefined;
  #choice: EngineChoice;

  constructor(choice: EngineChoice, limit: number) {
    this.#choice = choice;
    this.#cache = new ByteCache<Program>(limit, (program) => void program.dispose());
  }

  executor(): Promise<Executor> {
    this.#executor ??= chooseExecutor(this.#choice).catch((error) => {
      this.#executor = undefined;
      throw error;
    });
    return this.#executor;
  }

  choose(choice: EngineChoice): void {
    if (choice === this.#choice) return;
    this.#choice = choice;
    this.#executor = undefined;
    this.#cache.dropPrefix('');
  }

  resize(limit: number): void {
    this.#cache.resize(limit);
  }

  /** The program under `key`, made from `graph()` where it is not there. */
  async get(key: string, graph: () => Graph): Promise<Program> {
    const executor = await this.executor();
    const full = `${executor.id}:${key}`;
    const known = this.#cache.get(full);
    if (known) return known;
    let compiling = this.#compiling.get(full);
    if (!compiling) {
      compiling = executor
        .compile(graph())
        .then((program) => {
          this.#cache.set(full, program, program.bytes);
          return program;
        })
        .finally(() => this.#compiling.delete(full));
      this.#compiling.set(full, compiling);
    }
    return await compiling;
  }
}
