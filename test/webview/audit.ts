// Runs in the browser (page.evaluate): each function must hold everything it uses.

/** Texts whose colour is too near to what is behind them (WCAG AA: 4.5, large text 3), with the ratio. Also looks into shadow trees. */
export function lowContrast(): string[] {
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })!;
  // A page has few colours and many texts, each with all that is behind it.
  const parsed = new Map<string, number[]>();
  const parse = (color: string): number[] => {
    const known = parsed.get(color);
    if (known) return known;
    pen.clearRect(0, 0, 1, 1);
    // What is no colour leaves the one before.
    pen.fillStyle = '#000';
    pen.fillStyle = color;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    const channels = [r!, g!, b!, a! / 255];
    parsed.set(color, channels);
    return channels;
  };
  const over = (top: number[], under: number[]) => [0, 1, 2].map((i) => top[i]! * top[3]! + under[i]! * (1 - top[3]!)).concat(1);
  const parentOf = (e: Element): Element | null => e.assignedSlot ?? e.parentElement ?? ((e.getRootNode() as ShadowRoot).host || null);
  const luminance = (c: number[]) => {
    const [r, g, b] = c.slice(0, 3).map((v) => (v / 255 <= 0.03928 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  const chain = (e: Element) => {
    const all: Element[] = [];
    for (let at: Element | null = e; at; at = parentOf(at)) all.push(at);
    return all;
  };
  const bad: string[] = [];
  const visit = (root: ParentNode) => {
    for (const e of root.querySelectorAll('*')) {
      if (e.shadowRoot) visit(e.shadowRoot);
      const text = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent!.trim() !== '');
      const box = e.getBoundingClientRect();
      if (!text || e.tagName === 'STYLE' || box.width < 2 || !e.checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        continue;
      const up = chain(e);
      // What is disabled needs no contrast.
      if (up.some((a) => a.hasAttribute('disabled') || a.classList.contains('visually-hidden'))) continue;
      const under = up
        .map((a) => parse(getComputedStyle(a).backgroundColor))
        .reduceRight((below, top) => over(top, below), [255, 255, 255, 1]);
      const style = getComputedStyle(e);
      const ink = over(parse(style.color), under);
      const [light, dark] = [luminance(ink), luminance(under)].sort((a, b) => b - a);
      const ratio = (light! + 0.05) / (dark! + 0.05);
      const large = Number.parseFloat(style.fontSize) >= 18.66;
      if (ratio < (large ? 3 : 4.5)) bad.push(`${e.textContent!.trim().slice(0, 40)} (${e.className}): ${ratio.toFixed(2)}`);
    }
  };
  visit(document);
  return bad;
}

/** What sticks out of the window sideways, or makes it scroll sideways. Rows that scroll by themselves may hold more than is seen. */
export function overflowing(): string[] {
  const width = document.documentElement.clientWidth;
  const bad: string[] = [];
  if (document.documentElement.scrollWidth > width) bad.push(`the page is ${document.documentElement.scrollWidth} wide in ${width}`);
  const scrolls = (e: Element | null): boolean =>
    e !== null && (/auto|scroll/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement));
  for (const e of document.querySelectorAll('#app *')) {
    const box = e.getBoundingClientRect();
    if (box.width < 2 || !e.checkVisibility({ visibilityProperty: true }) || scrolls(e.parentElement)) continue;
    if (box.right > width + 0.5 || box.left < -0.5)
      bad.push(`${e.tagName} ${e.className} ${e.getAttribute('data-testid')}: ${box.left}..${box.right}`);
  }
  return bad;
}

/** Things one can work with that say nothing to a screen reader, ids used twice, references to nothing. */
export function unnamed(): string[] {
  const bad: string[] = [];
  const label = (e: Element) =>
    e.getAttribute('aria-label') || (e.id && document.querySelector(`label[for="${e.id}"]`)?.textContent) || e.textContent;
  for (const e of document.querySelectorAll(
    'button, input, vscode-button, vscode-dropdown, vscode-checkbox, [tabindex="0"], [role=tab], [role=option]',
  ))
    if (!label(e)?.trim()) bad.push(`no name: ${e.outerHTML.slice(0, 90)}`);
  const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
  bad.push(...ids.filter((id, i) => ids.indexOf(id) !== i).map((id) => `twice: ${id}`));
  for (const name of ['aria-controls', 'aria-labelledby', 'aria-describedby', 'aria-activedescendant'])
    for (const e of document.querySelectorAll(`[${name}]`))
      for (const id of e.getAttribute(name)!.split(/\s+/).filter(Boolean))
        if (id !== 'class-matches' && !document.getElementById(id)) bad.push(`${name} of ${e.tagName} names ${id}, which is not there`);
  return bad;
}
