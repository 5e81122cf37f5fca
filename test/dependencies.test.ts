/** Which folder may import which: CONTRIBUTING's table, Biome's rules and the source say the same. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix, relative } from 'node:path';
import { type TestContext, test } from 'node:test';
import { repository } from './support/paths.ts';

/** Folder → folders it may import besides its own and src/shared, in the order of the table. */
function table(): Map<string, string[]> {
  const text = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8');
  const rows = text.matchAll(/^\| `([\w/]+)` \|[^|]*\| ([^|]*) \|$/gm);
  return new Map(
    Array.from(rows, ([, folder, imports]) => [folder as string, Array.from((imports as string).matchAll(/\w+/g), (m) => `src/${m[0]}`)]),
  );
}

/** The packages that have one home, and the homes of each. */
const homes: Readonly<Record<string, readonly string[]>> = {
  vscode: ['src/host', 'src/extension.ts'],
  sharp: ['src/image'],
  'better-sqlite3': ['src/dataset'],
  usearch: ['src/numeric'],
  'embedding-atlas': ['src/numeric'],
  'onnxruntime-node': ['src/execute/onnxruntime'],
  '@tensorflow/tfjs-core': ['src/execute/tfjs'],
  'protobufjs/minimal.js': ['src/formats'],
  '@vscode/webview-ui-toolkit': ['webview/ui'],
  lit: ['webview'],
};

/** Packages whose imports Biome refuses elsewhere. */
const linted = ['vscode', 'onnxruntime-node', '@tensorflow/tfjs-core'];

function sources(folder: string): string[] {
  const entries = readdirSync(join(repository, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((e) => e.isFile() && e.name.endsWith('.ts'))
    .map((e) => relative(repository, join(e.parentPath, e.name)).replaceAll('\\', '/'));
}

test('the table names every folder of src', () => {
  const folders = readdirSync(join(repository, 'src'), { withFileTypes: true }).filter((e) => e.isDirectory());
  assert.deepEqual([...table().keys()].sort(), [...folders.map((e) => `src/${e.name}`), 'webview'].sort());
});

/** Biome's refusals of probes that import everything, as `src/graph → vscode`, and those that the table asks for. */
function refusals(t: TestContext): { refused: string[]; wanted: string[] } {
  const rules = table();
  const folders = [...rules.keys()];
  const root = mkdtempSync(join(tmpdir(), 'glassbox-lint-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  cpSync(join(repository, 'biome.json'), join(root, 'biome.json'));
  const wanted: string[] = [];
  for (const folder of folders) {
    const others = folders.filter((other) => other !== folder && other !== 'webview');
    const up = '../'.repeat(folder.split('/').length);
    const specifiers = [...others.map((other) => `${up}${other}/probe.ts`), ...linted];
    mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, folder, 'probe.ts'), specifiers.map((s, i) => `export { a${i} } from '${s}';\n`).join(''));
    const allowed = [...(rules.get(folder) as string[]), 'src/shared'];
    const forbidden = [
      ...others.filter((other) => !allowed.includes(other)),
      ...linted.filter((name) => !homes[name]?.some((home) => home.startsWith(folder))),
    ];
    wanted.push(...forbidden.map((what) => `${folder} → ${what}`));
  }
  const biome = join(repository, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const flags = ['--vcs-enabled=false', '--only=style/noRestrictedImports', '--max-diagnostics=none', '--reporter=github'];
  const { stdout } = spawnSync(process.execPath, [biome, 'lint', ...flags, '.'], { cwd: root, encoding: 'utf8' });
  const refused = Array.from(stdout.matchAll(/noRestrictedImports,file=([^,]+),line=(\d+)/g), ([, file, line]) => {
    const text = readFileSync(join(root, relative(root, file as string)), 'utf8').split('\n')[Number(line) - 1] as string;
    const specifier = /'(.*)'/.exec(text)?.[1] as string;
    const what = specifier.startsWith('.') ? dirname(specifier).replace(/^(\.\.\/)+/, '') : specifier;
    return `${dirname(relative(root, file as string)).replaceAll('\\', '/')} → ${what}`;
  });
  return { refused: refused.sort(), wanted: wanted.sort() };
}

const ofPages = (refusal: string) => refusal.startsWith('webview');

test('Biome refuses every import that the table does not allow, and only those', (t) => {
  const { refused, wanted } = refusals(t);
  assert.deepEqual(
    refused.filter((r) => !ofPages(r)),
    wanted.filter((r) => !ofPages(r)),
  );
});

test('… in the pages too', (t) => {
  const { refused, wanted } = refusals(t);
  assert.deepEqual(refused.filter(ofPages), wanted.filter(ofPages));
});

test('the source keeps to the table', () => {
  for (const [folder, allowed] of table()) {
    for (const file of sources(folder)) {
      for (const [, specifier] of readFileSync(join(repository, file), 'utf8').matchAll(/from '(\.[^']*)'/g)) {
        const target = posix.normalize(posix.join(dirname(file), specifier as string));
        // A part of a package that the package itself does not export.
        if (target.startsWith('node_modules/')) continue;
        const kept = [folder, 'src/shared', ...allowed].some((home) => target.startsWith(`${home}/`));
        assert.ok(kept, `${file} imports ${specifier}`);
      }
    }
  }
});

test('each of these packages is imported in one place only', () => {
  for (const file of [...sources('src'), ...sources('webview')]) {
    const text = readFileSync(join(repository, file), 'utf8');
    for (const [, deep, own] of text.matchAll(/(?:from|import\() ?'(?:[./]*node_modules\/([^/']+)\/[^']*|([^'.][^']*))'/g)) {
      const name = (deep ?? own) as string;
      const home = homes[name];
      if (home)
        assert.ok(
          home.some((h) => file.startsWith(h)),
          `${file} imports ${name}, which belongs to ${home}`,
        );
    }
  }
});
