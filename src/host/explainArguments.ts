/** What an editor URI is to this module. */
export interface UriLike {
  readonly scheme: string;
  readonly fsPath: string;
}

function isUri(value: unknown): value is UriLike {
  return typeof value === 'object' && value !== null && 'fsPath' in value && 'scheme' in value;
}

/**
 * The files a command was asked for. The explorer passes (Uri, Uri[]), a title bar (Uri, {groupId}), a webview's context
 * menu an object without any URI, the palette nothing: then the result is empty and the active tab tells.
 */
export function urisOf<U extends UriLike>(args: readonly unknown[]): U[] {
  const [first, second] = args;
  const selected = Array.isArray(second) ? second.filter(isUri) : [];
  // A right click outside the selection is about the clicked file alone.
  const all = isUri(first) && !selected.some((each) => each.fsPath === first.fsPath) ? [first] : selected;
  const clicked = isUri(first) ? all.filter((each) => each.fsPath === first.fsPath) : [];
  const ordered = [...clicked, ...all];
  return ordered.filter((each, index) => ordered.findIndex((other) => other.fsPath === each.fsPath) === index) as U[];
}
