import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/** Scrolls an element into view when it appears and whenever what it is about is another one. */
class BroughtIntoViewDirective extends Directive {
  #about: string | undefined;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('broughtIntoView() stands on an element.');
  }

  override update({ element }: ElementPart, [about]: [string]): typeof noChange {
    if (about === this.#about) return noChange;
    this.#about = about;
    // Once it is laid out.
    requestAnimationFrame(() => element.scrollIntoView({ block: 'nearest' }));
    return noChange;
  }

  render(_about: string): typeof noChange {
    return noChange;
  }
}

export const broughtIntoView = directive(BroughtIntoViewDirective);
