/** Seconds or milliseconds since 1970, a date, or digits of a hash. */
export function isTime(digits: string): boolean {
  return digits.length > 9 || /^(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$/.test(digits);
}

const month = /(^|[^a-z])(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$/i;

/** Numbers of a date and of the time behind it: 2024-01-31_12-00-00, 20240131_120000, May04_22-14-54; of a time that a name begins with. */
export function datedParts(parts: readonly string[]): ReadonlySet<number> {
  const dated = new Set<number>();
  for (let i = 1; i < parts.length; i += 2) {
    const isDay = month.test(parts[i - 1] as string);
    const clock = isDay ? i + 2 : i === 1 && parts[0] === '' ? i : undefined;
    if (clock !== undefined && isTimeOfDay(parts, clock)) for (const n of [i, clock, clock + 2, clock + 4]) dated.add(n);
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

/** Hydra's `outputs/2024-01-31/12-00-00`. */
function isTimeOfDay(parts: readonly string[], first: number): boolean {
  const [hours, minutes, seconds] = [0, 2, 4].map((n) => parts[first + n] ?? '');
  const isOf = (part: string | undefined, most: number) => /^\d\d$/.test(part ?? '') && Number(part) < most;
  return isOf(hours, 24) && isOf(minutes, 60) && isOf(seconds, 60) && [1, 3].every((n) => /^[-:]$/.test(parts[first + n] ?? ''));
}
