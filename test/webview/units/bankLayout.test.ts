import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FilterInfo, Filters } from '../../../src/shared/unitsProtocol.ts';
import { bandsOf, bankLayout, cornerOf, placeUnder } from '../../../webview/units/filters/bankLayout.ts';
import { factsOf, firstInput, inputsBySize } from '../../../webview/units/filters/kernels.ts';
import { colourByte } from '../../../webview/units/filters/paintKernel.ts';

const info = (patch: Partial<FilterInfo>): FilterInfo => ({ layer: 'conv', kernel: [3, 3], inputs: 16, group: 1, colour: false, ...patch });

const banks: Readonly<Record<string, FilterInfo>> = {
  'colour 7 × 7': info({ kernel: [7, 7], inputs: 3, colour: true }),
  'colour 11 × 11': info({ kernel: [11, 11], inputs: 3, colour: true }),
  depthwise: info({ inputs: 1, group: 32 }),
  '3 × 3 of 4': info({ inputs: 4 }),
  '3 × 3 of 512': info({ inputs: 512 }),
  '3 × 3 of 2048': info({ inputs: 2048 }),
  '1 × 7 of 192': info({ kernel: [1, 7], inputs: 192 }),
  '1 × 1 of 16': info({ kernel: [1, 1], inputs: 16 }),
  '1 × 1 of 2048': info({ kernel: [1, 1], inputs: 2048 }),
  'dense of 25088': info({ kernel: [1, 1], inputs: 25_088 }),
};

for (const [name, bank] of Object.entries(banks)) {
  for (const width of [300, 392, 650, 1172]) {
    test(`${name} in ${width} px: fits, and what is drawn at a place is found there`, () => {
      const layout = bankLayout(bank, width);
      assert.ok(layout.columns * layout.unit.width <= width, `${layout.columns} units of ${layout.unit.width} px`);
      assert.ok(layout.canvas.width > 0 && layout.canvas.width <= layout.unit.width && layout.canvas.height <= layout.unit.height);
      const [rows, columns] = layout.kind === 'bars' ? [1, 1] : bank.kernel;
      for (const place of new Set([0, 1, layout.perLine, layout.drawn - 1].filter((at) => at < layout.drawn))) {
        const corner = cornerOf(layout, place);
        assert.ok(corner.x + layout.tile.width <= layout.canvas.width && corner.y + layout.tile.height <= layout.canvas.height);
        for (const [row, column] of [
          [0, 0],
          [rows - 1, columns - 1],
        ] as const) {
          const at = placeUnder(layout, corner.x + (column + 0.5) * layout.cell, corner.y + (row + 0.5) * layout.cell);
          assert.deepEqual(at, { place, row, column });
        }
      }
      assert.equal(placeUnder(layout, layout.canvas.width + 0.5, 1), undefined);
      assert.equal(placeUnder(layout, -1, 1), undefined);
      if (layout.gap > 0 && layout.perLine > 1)
        assert.equal(placeUnder(layout, layout.tile.width + layout.gap / 2, 1), undefined, 'between two');
      assert.ok(layout.kind === 'bars' || layout.drawn === (layout.kind === 'tiles' ? 1 : bank.inputs), 'no input is left out');
    });
  }
}

test('bands hold all units and are as high as their rows', () => {
  for (const units of [1, 7, 96, 2048]) {
    const layout = bankLayout(info({ kernel: [7, 7], inputs: 3, colour: true }), 1172);
    const bands = bandsOf(layout, units);
    assert.ok(bands.perBand % layout.columns === 0, 'whole rows');
    assert.ok(bands.count * bands.perBand >= units && (bands.count - 1) * bands.perBand < units);
    const height = Array.from({ length: bands.count }, (_, band) => bands.height(band)).reduce((a, b) => a + b);
    assert.equal(height, Math.ceil(units / layout.columns) * layout.unit.height);
  }
});

test('facts, order and groups of kernels', () => {
  const filters: Filters = {
    info: info({ kernel: [1, 1], inputs: 4, group: 2 }),
    from: 2,
    count: 2,
    values: Float32Array.of(0.1, -0.4, 0.2, 0, 3, 4, 0, 0),
    max: 4,
    colour: false,
  };
  assert.deepEqual([...inputsBySize(filters, 2)], [1, 2, 0, 3]);
  const { min, max, reach, norm } = factsOf(filters, 3);
  assert.deepEqual({ min, max, reach, norm }, { min: 0, max: 4, reach: 4, norm: 5 });
  assert.equal(factsOf(filters, 2).reach, Math.fround(0.4));
  assert.deepEqual(
    [0, 1, 2, 3].map((unit) => firstInput(filters, unit, 4)),
    [0, 0, 4, 4],
  );
});

test('mid-grey is 0, black and full are the ends, also where all weights are 0', () => {
  assert.deepEqual(
    [-1, 0, 1, 0.5, 2].map((weight) => colourByte(weight, 1)),
    [0, 128, 255, 191, 255],
  );
  assert.equal(colourByte(0, 0), 128);
});
