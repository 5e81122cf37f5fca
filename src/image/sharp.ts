import type Sharp from 'sharp';
import { ModelError } from '../shared/errors.ts';

let loading: Promise<typeof Sharp> | undefined;

/** The image library, loaded on first use: an installation without its native part must not take everything else down. */
export function loadSharp(): Promise<typeof Sharp> {
  loading ??= import('sharp').then(
    (module) => {
      // Files are read by us, once, and their pixels kept by the caller.
      module.default.cache(false);
      return module.default;
    },
    (cause: unknown) => {
      loading = undefined;
      throw sharpMissing(cause);
    },
  );
  return loading;
}

/** The message for a native library that does not load. */
function sharpMissing(cause: unknown): ModelError {
  const reason = cause instanceof Error ? (cause.message.split('\n').find((line) => line.trim()) ?? '') : String(cause);
  return new ModelError('engine', `The image library 'sharp' does not load on ${process.platform}-${process.arch}: ${reason}`, {
    hint: `Install Glassbox for this platform, or run 'npm install --os=${process.platform} --cpu=${process.arch} sharp' in its folder.`,
    cause,
  });
}
