import * as vscode from 'vscode';

/** What and its value, a line each. */
type Facts = readonly (readonly [what: string, text: string])[];

/** A tooltip: a name above facts. HTML, as Markdown's tables have a head. */
export function factTable(name: string, facts: Facts): vscode.MarkdownString {
  const rows = facts.map(
    ([what, text]) => `<tr><td>${escaped(what).replaceAll(' ', '&nbsp;')}&nbsp;&nbsp;</td><td>${escaped(text)}</td></tr>`,
  );
  const tooltip = new vscode.MarkdownString(`<b>${escaped(name)}</b><table>${rows.join('')}</table>`);
  tooltip.supportHtml = true;
  return tooltip;
}

/** Names come from files of others: nothing in them is HTML or Markdown. */
function escaped(text: string): string {
  const short = text.slice(0, 1000).replace(/\s+/g, ' ');
  return short.replace(/[^\p{L}\p{N} ]/gu, (sign) => `&#${sign.codePointAt(0)};`);
}
