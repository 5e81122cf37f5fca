import type { GraphBuilder } from '../graph/builder.ts';
import { float32 } from '../graph/graph.ts';
import type { Dim } from '../graph/opset.ts';
import type { Preprocessing } from '../shared/sidecar.ts';

/** A picture of the network's own size. */
interface ImageSize {
  images: Dim;
  height: number;
  width: number;
}

/**
 * Appends the preprocessing after the resize as nodes: input `name`, uint8 [N,H,W,3], RGB, as every decoder gives it; the
 * value returned is what the network is fed, float32 [N,C,H,W].
 */
export function imageInput(b: GraphBuilder, name: string, how: Preprocessing, { images, height, width }: ImageSize): string {
  const pixels = b.op('Cast', [b.input(name, { dtype: 'uint8', shape: [images, height, width, 3] })], { to: 'float32' });
  const channels = how.mean.length;
  const planes = b.op('Transpose', [inFedOrder(b, pixels, how)], { perm: [0, 3, 1, 2] });
  const perChannel = (name: string, value: (c: number) => number) =>
    b.constant(
      name,
      float32(
        [channels, 1, 1],
        Float32Array.from({ length: channels }, (_, c) => value(c)),
      ),
    );
  const scaled = b.op('Mul', [planes, perChannel('pixel scale', (c) => how.scale / (how.std[c] as number))], {});
  return b.op('Sub', [scaled, perChannel('pixel mean', (c) => (how.mean[c] as number) / (how.std[c] as number))], {});
}

/** [N,H,W,3] → [N,H,W,C] in the order the network is fed. */
function inFedOrder(b: GraphBuilder, rgb: string, { channels }: Preprocessing): string {
  if (channels === 'RGB') return rgb;
  if (channels === 'BGR') {
    const order = b.constant('BGR', { dtype: 'int64', shape: [3], data: BigInt64Array.of(2n, 1n, 0n) });
    return b.op('Gather', [rgb, order], { axis: 3 });
  }
  // Luma as the decoder makes it, in 16 bit fixed point: every sum is a whole number that float32 holds exactly.
  const luma = b.op('MatMul', [rgb, b.constant('luma', float32([3, 1], [19595, 38470, 7471]))], {});
  const rounded = b.op('Mul', [b.op('Add', [luma, b.scalar(0x8000)], {}), b.scalar(2 ** -16)], {});
  return b.op('Cast', [b.op('Cast', [rounded], { to: 'int32' })], { to: 'float32' });
}
