import { wordBefore } from './nameParts.ts';
import type { ParsedName } from './runNames.ts';

const family =
  /^(resnet|resnext|resnest|vgg|densenet|darknet|wideresnet|regnet|senet|seresnet|dla|hrnet|yolo|inception|mobilenet|efficientnet|vit|swin|convnext)$/;

/** Depths that architectures are called after, sizes of pictures, years: numbers that differ without counting checkpoints. */
export function areOtherNumbers(name: ParsedName, part: number, numbers: readonly number[]): boolean {
  // `resnet-50`, `resnet_v2_50`.
  const { word } = wordBefore(
    name.parts
      .slice(0, part)
      .join('')
      .replace(/[-_]?v\d[-_]$/i, '_'),
  );
  if (family.test(word) && numbers.every((n) => depths.has(n))) return true;
  if (numbers.every((n) => n % 32 === 0 && n >= 32 && n <= 2048)) return true;
  if (numbers.every((n) => n > 0 && (n & (n - 1)) === 0) && numbers.some((n) => n > 4)) return true;
  return numbers.every((n) => n >= 1990 && n <= 2100);
}

const depths = new Set([
  ...[8, 10, 11, 13, 14, 16, 18, 19, 20, 22, 26, 28, 32, 34, 38, 40, 44, 50, 53, 56, 68, 74, 92, 98, 101, 103, 107],
  ...[110, 121, 131, 152, 161, 164, 169, 200, 201, 264, 269],
]);
