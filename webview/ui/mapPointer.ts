import type { Point } from '../draw/camera.ts';

/** What a person does on a map with a pointer. Places are in CSS pixels from its left top corner. */
export interface MapGestures {
  hover(at: Point): void;
  leave(): void;
  /** A press begins: nobody knows yet what it will be. */
  press?(at: Point, event: PointerEvent): void;
  click(at: Point): void;
  /** `by`: since it was told last. */
  drag(at: Point, by: Point): void;
  /** A drag has ended; `broken`: by something else than letting go, or a press was. */
  drop?(broken: boolean): void;
  /** A double click. */
  open(at: Point): void;
  zoom(factor: number, at: Point): void;
  /** How fast the wheel zooms, in e-folds a pixel; 0: it scrolls the page. */
  wheel(event: WheelEvent): number;
}

/** A press that moves less, CSS pixels, is a click. */
const still = 4;
/** Of a wheel that counts in lines, CSS pixels. */
const line = 16;

/** Tells presses, drags, clicks and the wheel on an element apart. */
export class MapPointer {
  readonly #element: HTMLElement;
  readonly #gestures: MapGestures;
  #drag: { from: Point; last: Point; moved: boolean } | undefined;

  constructor(element: HTMLElement, gestures: MapGestures) {
    this.#element = element;
    this.#gestures = gestures;
    element.addEventListener('pointerdown', (event) => this.#down(event));
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('pointerup', (event) => this.#up(event));
    element.addEventListener('pointercancel', () => this.break());
    element.addEventListener('pointerleave', () => gestures.leave());
    element.addEventListener('dblclick', (event) => gestures.open(this.#at(event)));
    element.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
  }

  /** What is under way is given up. */
  break(): void {
    if (!this.#drag) return;
    this.#drag = undefined;
    this.#gestures.drop?.(true);
  }

  #at(event: MouseEvent): Point {
    const { left, top } = this.#element.getBoundingClientRect();
    return { x: event.clientX - left - this.#element.clientLeft, y: event.clientY - top - this.#element.clientTop };
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    const at = this.#at(event);
    this.#element.setPointerCapture(event.pointerId);
    this.#drag = { from: at, last: at, moved: false };
    this.#gestures.press?.(at, event);
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    const drag = this.#drag;
    if (!drag) {
      this.#gestures.hover(at);
      return;
    }
    if (!drag.moved && Math.hypot(at.x - drag.from.x, at.y - drag.from.y) < still) return;
    drag.moved = true;
    this.#gestures.drag(at, { x: at.x - drag.last.x, y: at.y - drag.last.y });
    drag.last = at;
  }

  #up(event: PointerEvent): void {
    const drag = this.#drag;
    this.#drag = undefined;
    if (drag?.moved) this.#gestures.drop?.(false);
    else if (drag) this.#gestures.click(this.#at(event));
  }

  #wheel(event: WheelEvent): void {
    const rate = this.#gestures.wheel(event);
    if (rate === 0) return;
    event.preventDefault();
    this.#gestures.zoom(Math.exp(-event.deltaY * (event.deltaMode === 1 ? line : 1) * rate), this.#at(event));
  }
}
