/** What the manifest and the documents say of the methods is what the methods say of themselves. UPDATE_GOLDEN=1 rewrites them. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { methods } from '../src/explain/methods/index.ts';
import { methodsPage, readmeTable } from './support/methodDocs.ts';
import { repository } from './support/paths.ts';

const infos = methods.map((method) => method.info);

/** Asserts that a file of the repository holds what `made` makes of it. */
function holds(path: string, made: (before: string) => string): void {
  const file = join(repository, path);
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, made(read(file)));
  const text = read(file);
  assert.equal(text, made(text), `${path} differs; UPDATE_GOLDEN=1 rewrites it`);
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n');
  } catch {
    return '';
  }
}

test("the README's table of methods", () => {
  holds('README.md', (text) => {
    const [start, end] = ['<!-- methods -->\n', '<!-- /methods -->'];
    assert.ok(text.includes(start) && text.includes(end), 'the table stands between its marks');
    const [before, after] = [text.slice(0, text.indexOf(start)), text.slice(text.indexOf(end))];
    return `${before}${start}${readmeTable(infos)}\n${after}`;
  });
});

test('the reference of methods', () => {
  holds('media/methods.md', () => methodsPage(infos));
});

test('the setting for the default method offers each, and says what it shows', () => {
  holds('package.json', (text) => {
    const manifest = JSON.parse(text);
    const setting = manifest.contributes.configuration.properties['glassbox.defaultMethod'];
    setting.enum = infos.map(({ id }) => id);
    setting.enumItemLabels = infos.map(({ label }) => label);
    setting.enumDescriptions = infos.map(({ about }) => about);
    assert.ok(setting.enum.includes(setting.default));
    return `${JSON.stringify(manifest, undefined, 2)}\n`;
  });
});

test('every description is whole: sentences end, variants and parameters explain themselves, ids are told apart', () => {
  const ids = infos.map(({ id }) => id);
  assert.equal(new Set(ids).size, ids.length);
  for (const info of infos) {
    for (const part of ['about', 'misleads'] as const) assert.match(info[part], /[^.]\.$/, `${info.id}: ${part}`);
    assert.match(info.source, /\b(19|20)\d\d\b/, `${info.id}: the year of its source`);
    assert.ok(info.formula.length > 0 && !info.formula.includes('\n'), `${info.id}: formula`);
    assert.ok(info.variants.length > 0, `${info.id}: variants`);
    for (const { id, label, about } of [...info.variants, ...info.params]) {
      assert.ok(/^[\w+-]+$/.test(id) && label.length > 0, `${info.id}: ${id}`);
      assert.match(about, /\S+.*[.?!]$/, `${info.id}: ${id}`);
    }
    for (const { id, default: usual, min, max, options } of info.params) {
      if (typeof usual === 'string') assert.ok(options?.includes(usual) ?? true, `${info.id}: ${id}`);
      else if (usual !== 0) assert.ok(usual >= (min ?? usual) && usual <= (max ?? usual), `${info.id}: ${id}`);
    }
  }
});
