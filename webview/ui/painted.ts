import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

type Paint = (context: CanvasRenderingContext2D) => void;

interface Pixels {
  width: number;
  height: number;
}

/** Paints a canvas of `size` device pixels when the size or one of the `inputs` is another one; otherwise leaves it. */
class PaintedDirective extends Directive {
  #last: readonly unknown[] = [];

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('painted() stands on a canvas.');
  }

  override update(part: ElementPart, [size, inputs, paint]: [Pixels, readonly unknown[], Paint]): typeof noChange {
    const now = [size.width, size.height, ...inputs];
    if (now.length === this.#last.length && now.every((value, i) => value === this.#last[i])) return noChange;
    this.#last = now;
    const canvas = part.element as HTMLCanvasElement;
    // Setting the size also clears.
    canvas.width = Math.max(1, Math.round(size.width));
    canvas.height = Math.max(1, Math.round(size.height));
    const context = canvas.getContext('2d');
    if (context) paint(context);
    return noChange;
  }

  render(_size: Pixels, _inputs: readonly unknown[], _paint: Paint): typeof noChange {
    return noChange;
  }
}

export const painted = directive(PaintedDirective);
