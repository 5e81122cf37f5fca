import { noChange } from 'lit';
import { AsyncDirective, directive } from 'lit/async-directive.js';
import { type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

type Report = (width: number) => void;

/** Reports the inner width of an element, CSS pixels, now and whenever it changes. */
class MeasuredDirective extends AsyncDirective {
  #report: Report = () => {};
  #element: Element | undefined;
  readonly #observer = new ResizeObserver(([entry]) => entry && this.#report(Math.floor(entry.contentRect.width)));

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('measured() stands on an element.');
  }

  override update({ element }: ElementPart, [report]: [Report]): typeof noChange {
    this.#report = report;
    if (this.#element !== element) {
      this.#element = element;
      this.#observer.observe(element);
    }
    return noChange;
  }

  override disconnected(): void {
    this.#observer.disconnect();
  }

  override reconnected(): void {
    if (this.#element) this.#observer.observe(this.#element);
  }

  render(_report: Report): typeof noChange {
    return noChange;
  }
}

export const measured = directive(MeasuredDirective);
