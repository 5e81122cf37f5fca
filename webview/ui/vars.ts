import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

type Values = Readonly<Record<string, string>>;

/** Sets CSS properties of an element through the CSSOM: a style attribute would be blocked by the content security policy. */
class VarsDirective extends Directive {
  #last: Values = {};

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('vars() stands on an element.');
  }

  override update(part: ElementPart, [values]: [Values]): typeof noChange {
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(values)) if (this.#last[name] !== value) style.setProperty(name, value);
    for (const name of Object.keys(this.#last)) if (!(name in values)) style.removeProperty(name);
    this.#last = values;
    return noChange;
  }

  render(_values: Values): typeof noChange {
    return noChange;
  }
}

export const vars = directive(VarsDirective);
