import assert from 'node:assert/strict';
import { test } from 'node:test';
import { urisOf } from '../../src/host/explainArguments.ts';

const uri = (fsPath: string) => ({ scheme: 'file', fsPath });
const [a, b, c] = [uri('/a.png'), uri('/b.png'), uri('/c.png')];

test('explorer: the clicked file first, then the rest of the selection', () => {
  assert.deepEqual(urisOf([b, [a, b, c]]), [b, a, c]);
  assert.deepEqual(urisOf([a, [a]]), [a]);
});

test('explorer: a click outside the selection is about the clicked file', () => {
  assert.deepEqual(urisOf([c, [a, b]]), [c]);
});

test('title bar: the second argument is no list', () => {
  assert.deepEqual(urisOf([a, { groupId: 0 }]), [a]);
});

test("a webview's context menu and the palette name no file", () => {
  assert.deepEqual(urisOf([{ preventDefaultContextMenuItems: true, webview: 'imagePreview.previewEditor' }]), []);
  assert.deepEqual(urisOf([]), []);
  assert.deepEqual(urisOf([undefined, undefined]), []);
});
