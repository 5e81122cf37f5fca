import { ModelError } from '../../src/shared/errors.ts';

/** Of a small canvas made from pixels in memory: a hundred of them are faster there than in the graphics card. */
export function penOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new ModelError('internal', 'The browser gives no canvas to draw on.');
  return context;
}
