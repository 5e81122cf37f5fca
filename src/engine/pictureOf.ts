import { takeRgb } from '../image/channels.ts';
import { fedPixels } from '../image/preprocess.ts';
import type { RgbPixels } from '../shared/unitsProtocol.ts';
import type { Prepared } from './inputs.ts';

/** What the network sees of an image. */
export function pictureOf({ fed, info }: Pick<Prepared, 'fed' | 'info'>): RgbPixels {
  const { width, height, channels, data } = fedPixels(fed.tensor, info.preprocessing, info.input);
  return { width, height, data: takeRgb(data, channels).rgb };
}
