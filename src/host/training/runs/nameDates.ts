/** Seconds or milliseconds since 1970, a date, or digits of a hash. */
export function isTime(digits: string): boolean {
  return digits.length > 9 || /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(digits);
}

/** Numbers of a date, and of the time behind it: 2024-01-31_12-00-00, 20240131_120000. */
export function datedParts(parts: readonly string[]): ReadonlySet<number> {
  const dated = new Set<number>();
  for (let i = 1; i < parts.length; i += 2) {
    const whole = /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(parts[i] as string);
    const spelt = /^(19|20)\d\d$/.test(parts[i] as string) && [2, 4].every((n) => /^\d\d$/.test(parts[i + n] ?? ''));
    if (!whole && !spelt) continue;
    let next = i + (whole ? 2 : 6);
    for (let n = i; n < next; n += 2) dated.add(n);
    // Times are of two digits each, or of four or six.
    for (; /^(\d\d|\d{4}|\d{6})$/.test(parts[next] ?? '') && /^[-_.T :h]$/i.test(parts[next - 1] ?? ''); next += 2) dated.add(next);
  }
  return dated;
}
