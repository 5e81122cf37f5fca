import { noChange } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { type ElementPart, type PartInfo, PartType } from 'lit/directive.js';
import { penOf } from '../draw/pen.ts';

type Paint = (context: CanvasRenderingContext2D) => void;

interface Pixels {
  width: number;
  height: number;
}

/** Painted a little before it comes into view, so that scrolling meets no blanks. */
const margin = '300px';

const seen = new Map<Element, () => void>();
const near = new Set<Element>();

const observer = new IntersectionObserver(
  (entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) near.add(target);
      else near.delete(target);
      if (isIntersecting) seen.get(target)?.();
    }
  },
  { rootMargin: margin },
);

/** `data-cell` of the canvases in view or nearly so. */
export function cellsInView(): Set<string> {
  return new Set([...near].map((canvas) => (canvas as HTMLCanvasElement).dataset.cell ?? ''));
}

/** As `painted`, but only while in view: of a hundred canvases a dozen are worth the work. */
class PaintedInViewDirective extends AsyncDirective {
  #canvas: HTMLCanvasElement | undefined;
  #last: readonly unknown[] = [];
  #next: { inputs: readonly unknown[]; size: Pixels; paint: Paint } | undefined;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('paintedInView() stands on a canvas.');
  }

  override update(part: ElementPart, [size, inputs, paint]: [Pixels, readonly unknown[], Paint]): typeof noChange {
    this.#next = { size, inputs: [size.width, size.height, ...inputs], paint };
    if (!this.#canvas) this.#observe(part.element as HTMLCanvasElement);
    if (this.#canvas && near.has(this.#canvas)) this.#paint();
    return noChange;
  }

  override disconnected(): void {
    if (!this.#canvas) return;
    observer.unobserve(this.#canvas);
    seen.delete(this.#canvas);
    near.delete(this.#canvas);
  }

  override reconnected(): void {
    if (this.#canvas) this.#observe(this.#canvas);
  }

  render(_size: Pixels, _inputs: readonly unknown[], _paint: Paint): typeof noChange {
    return noChange;
  }

  #observe(canvas: HTMLCanvasElement): void {
    this.#canvas = canvas;
    seen.set(canvas, () => this.#paint());
    observer.observe(canvas);
  }

  #paint(): void {
    const canvas = this.#canvas;
    if (!canvas || !this.#next) return;
    const { size, inputs, paint } = this.#next;
    if (inputs.length === this.#last.length && inputs.every((value, i) => value === this.#last[i])) return;
    this.#last = inputs;
    // Setting the size also clears.
    canvas.width = Math.max(1, Math.round(size.width));
    canvas.height = Math.max(1, Math.round(size.height));
    paint(penOf(canvas));
  }
}

export const paintedInView = directive(PaintedInViewDirective);
