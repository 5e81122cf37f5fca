import { isAbsolute, relative, sep } from 'node:path';

/** Whether `path` is `folder` or lies in it, by their names: links are the caller's to resolve. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (!isAbsolute(way) && way !== '..' && !way.startsWith(`..${sep}`));
}
