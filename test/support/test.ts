// `npm test [-- FILTER…]`: type check, lint, build, then every test file whose path contains a filter. Ends with the line
// `N passed, N failed, N skipped` and with exit code 1 if anything failed.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { run } from 'node:test';
import type { TestEvent } from 'node:test/reporters';
import { ensureTools } from '../tools/install.ts';
import { repository } from './paths.ts';
import { Report } from './report.ts';

/** Journeys in a real editor and pages in a real browser measure time: they run one after another. */
const alone = /^test\/(e2e|webview)\//;

function testFiles(filters: readonly string[]): string[] {
  const entries = readdirSync(join(repository, 'test'), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/') && (filters.length === 0 || filters.some((filter) => path.includes(filter))))
    .sort();
}

function stage(report: Report, name: string, args: readonly string[]): boolean {
  const { status } = spawnSync(process.execPath, args, { cwd: repository, stdio: 'inherit' });
  report.stage(name, status === 0);
  return status === 0;
}

function check(report: Report): boolean {
  const bin = (path: string) => join(repository, 'node_modules', path);
  return [
    stage(report, 'types', [bin('typescript/bin/tsc'), '-p', '.']),
    stage(report, 'types of the pages', [bin('typescript/bin/tsc'), '-p', 'webview']),
    stage(report, 'types of the page tests', [bin('typescript/bin/tsc'), '-p', 'test/webview']),
    stage(report, 'lint and format', [bin('@biomejs/biome/bin/biome'), 'check', '--diagnostic-level=error']),
  ].every(Boolean);
}

async function runFiles(report: Report, files: readonly string[], concurrency: number): Promise<void> {
  if (files.length === 0) return;
  const events = run({ files: files.map((file) => join(repository, file)), concurrency });
  await report.read(events as AsyncIterable<TestEvent>);
}

async function main(filters: readonly string[]): Promise<number> {
  const report = new Report();
  const files = testFiles(filters);
  if (files.length === 0) {
    console.error(`No test file has ${filters.map((filter) => `'${filter}'`).join(' or ')} in its path.`);
    return 1;
  }
  // With a filter somebody is in the middle of something: only the build, which the tests need.
  const checked = filters.length > 0 || check(report);
  const built = stage(report, 'build', ['esbuild.config.mjs', ...(filters.length > 0 ? ['--partial'] : [])]);
  if (checked && built) {
    // ResNet50 comes with them, so not only the journeys need them.
    if (filters.length === 0) await ensureTools();
    await runFiles(
      report,
      files.filter((file) => !alone.test(file)),
      availableParallelism(),
    );
    await runFiles(
      report,
      files.filter((file) => alone.test(file)),
      1,
    );
  }
  report.close();
  return report.failed > 0 ? 1 : 0;
}

process.exit(await main(process.argv.slice(2)));
