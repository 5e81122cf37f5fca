import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeError, fromErrorRecord, ModelError, toErrorRecord } from '../../src/shared/errors.ts';

test('an error as one text: the file inside its sentence, then the next step', () => {
  const record = { code: 'file-missing', message: "'model.onnx' is not there.", file: '/a/$&/b', hint: 'Restore it.' } as const;
  assert.equal(describeError(record), "'model.onnx' is not there (/a/$&/b). Restore it.");
  assert.equal(describeError({ code: 'internal', message: 'No end', file: '/a' }), 'No end (/a)');
  assert.equal(describeError({ code: 'internal', message: 'Two\nlines.', file: '/a' }), 'Two\nlines (/a).');
  assert.equal(describeError({ code: 'labels', message: "'/a/b' is empty.", file: '/a/b' }), "'/a/b' is empty.");
});

test('what a caller knows fills in what is missing, and all of it crosses a process border', () => {
  const error = new ModelError('shape', 'Does not fit.', { where: 'conv1' }).with({ where: 'elsewhere', file: 'm.onnx', hint: 'Again.' });
  const record = { code: 'shape', message: 'Does not fit.', where: 'conv1', file: 'm.onnx', hint: 'Again.' };
  assert.deepEqual(toErrorRecord(error), record);
  assert.deepEqual(toErrorRecord(fromErrorRecord(structuredClone(toErrorRecord(error)))), record);
});

test('other errors: aborts are cancelled, the rest internal', () => {
  assert.equal(toErrorRecord(new DOMException('x', 'AbortError')).code, 'cancelled');
  assert.deepEqual(toErrorRecord(new TypeError('x is not a function')), { code: 'internal', message: 'x is not a function' });
  assert.deepEqual(toErrorRecord('odd'), { code: 'internal', message: 'odd' });
});
