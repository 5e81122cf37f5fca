/** What a page kept for the host, as it was handed to it in `restore`; nothing where that is not ours. */
export function keptBy(state: unknown): Readonly<Record<string, unknown>> {
  const kept = (state as { subject?: { restore?: unknown } } | undefined)?.subject?.restore;
  try {
    return typeof kept === 'string' ? ((JSON.parse(kept) as Record<string, unknown> | null) ?? {}) : {};
  } catch {
    return {};
  }
}
