// What `npm test` prints: a line per file, every failure with its cause, skipped tests with their reason.

import { relative } from 'node:path';
import type { EventData } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';
import { repository } from './paths.ts';

interface FileTally {
  passed: number;
  failed: number;
  /** What the file printed; shown only when something fails in it. */
  output: string;
}

/** Counts and prints; one for a whole run, however many streams it takes. */
export class Report {
  passed = 0;
  failed = 0;
  readonly #skipped = new Map<string, number>();
  readonly #files = new Map<string, FileTally>();
  readonly #print: (line: string) => void;

  constructor(print: (line: string) => void = console.log) {
    this.#print = print;
  }

  async read(events: AsyncIterable<TestEvent>): Promise<void> {
    for await (const { type, data } of events) {
      if (type === 'test:pass') this.#pass(data);
      else if (type === 'test:fail') this.#fail(data);
      else if (type === 'test:stdout' || type === 'test:stderr') this.#fileOf(data.file).output += data.message;
      else if (type === 'test:summary') this.#end(data.file, data.duration_ms);
    }
  }

  /** A step that is no test file: installation, type check, build. */
  stage(name: string, ok: boolean): void {
    if (!ok) this.failed++;
    this.#print(`${ok ? '✔' : '✖'} ${name}`);
  }

  close(): void {
    if (this.#skipped.size > 0) this.#print('\nSkipped:');
    for (const [reason, count] of this.#skipped) this.#print(`  ${count} × ${reason}`);
    const skipped = [...this.#skipped.values()].reduce((sum, count) => sum + count, 0);
    this.#print(`\n${this.passed} passed, ${this.failed} failed, ${skipped} skipped`);
  }

  #pass(data: EventData.TestPass): void {
    if (data.details.type === 'suite') return;
    if (data.skip !== undefined || data.todo !== undefined) {
      const reason = [data.skip, data.todo].find((each) => typeof each === 'string' && each !== '');
      const key = typeof reason === 'string' ? reason : `no reason given: ${data.name}`;
      this.#skipped.set(key, (this.#skipped.get(key) ?? 0) + 1);
      return;
    }
    this.passed++;
    this.#fileOf(data.file).passed++;
  }

  #fail(data: EventData.TestFail): void {
    const error = data.details.error as Error & { failureType?: string; exitCode?: number; signal?: string };
    // The parent of a failed test fails too; it is one failure.
    if (error.failureType === 'subtestsFailed') return;
    const file = this.#fileOf(data.file);
    this.failed++;
    file.failed++;
    const place = `${nameOf(data.file)}${data.line ? `:${data.line}` : ''}`;
    this.#print(`\n✖ ${data.name === data.file ? nameOf(data.file) : data.name} (${place})`);
    this.#print(indent(inspectCause(error)));
    // A file that ends by itself, by an exception or a crash, has no summary.
    if (error.exitCode !== undefined || error.signal) this.#end(data.file, data.details.duration_ms);
  }

  #end(path: string | undefined, ms: number): void {
    const file = path === undefined ? undefined : this.#files.get(path);
    if (!path || !file) return;
    this.#files.delete(path);
    this.#print(
      `${file.failed > 0 ? '✖' : '✔'} ${nameOf(path)}: ${file.passed} passed, ${file.failed} failed (${(ms / 1000).toFixed(1)} s)`,
    );
    if (file.failed > 0 && file.output.trim() !== '') this.#print(indent(`printed by the file:\n${file.output.trim()}`));
  }

  #fileOf(path = ''): FileTally {
    let file = this.#files.get(path);
    if (!file) {
      file = { passed: 0, failed: 0, output: '' };
      this.#files.set(path, file);
    }
    return file;
  }
}

const nameOf = (path = '') => relative(repository, path).replaceAll('\\', '/');

function inspectCause(error: Error): string {
  return error.cause instanceof Error ? inspect(error.cause) : String(error.cause ?? error.message);
}

function indent(text: string): string {
  return text.replace(/^/gm, '    ');
}
