import { noChange } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/** Asked for a little before it comes into view, so that scrolling meets no blanks. */
const margin = '300px';

/** Which of many rows are in view or nearly so. */
export class Sight {
  readonly #observer: IntersectionObserver;
  readonly #units = new Map<Element, number>();
  readonly #inView = new Set<number>();

  constructor(report: (inView: ReadonlySet<number>) => void) {
    this.#observer = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries) {
          const unit = this.#units.get(target);
          if (unit === undefined) continue;
          if (isIntersecting) this.#inView.add(unit);
          else this.#inView.delete(unit);
        }
        report(new Set(this.#inView));
      },
      { rootMargin: margin },
    );
  }

  watch(element: Element, unit: number): void {
    this.#units.set(element, unit);
    this.#observer.observe(element);
  }

  leave(element: Element): void {
    const unit = this.#units.get(element);
    if (unit === undefined) return;
    this.#units.delete(element);
    this.#inView.delete(unit);
    this.#observer.unobserve(element);
  }
}

/** `sighted(sight, unit)` on an element of its own for each unit: the sight knows when it is in view. */
class SightedDirective extends AsyncDirective {
  #element: Element | undefined;
  #sight: Sight | undefined;
  #unit = 0;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('sighted() stands on an element.');
  }

  override update({ element }: ElementPart, [sight, unit]: [Sight, number]): typeof noChange {
    if (this.#element === element && this.#sight === sight && this.#unit === unit) return noChange;
    if (this.#element) this.#sight?.leave(this.#element);
    this.#element = element;
    this.#sight = sight;
    this.#unit = unit;
    sight.watch(element, unit);
    return noChange;
  }

  override disconnected(): void {
    if (this.#element) this.#sight?.leave(this.#element);
  }

  override reconnected(): void {
    if (this.#element) this.#sight?.watch(this.#element, this.#unit);
  }

  render(_sight: Sight, _unit: number): typeof noChange {
    return noChange;
  }
}

export const sighted = directive(SightedDirective);
