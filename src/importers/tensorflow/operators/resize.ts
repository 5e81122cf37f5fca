import type { Operator } from './operator.ts';

/** [images, sizes]. TensorFlow 2 samples at half-pixel centres, the older operators at corners. */
export const resize =
  (mode: 'nearest' | 'linear'): Operator =>
  (n) => {
    const x = n.image(0);
    const [height, width] = n.constants(1, 'sizes');
    if (height === undefined || width === undefined || !(height > 0) || !(width > 0)) throw n.corrupt(`has sizes [${height},${width}]`);
    const sizes = [height, width] as const;
    if (height === x.height && width === x.width) return n.put(x.value, x.order);
    const halfPixel = n.flag('half_pixel_centers');
    const corners = n.flag('align_corners');
    const whole = height % x.height === 0 && width % x.width === 0;
    // By whole factors every cell is repeated, whatever the coordinates.
    if (mode === 'nearest' && (corners || (halfPixel && !whole)))
      throw n.unsupported(
        `takes the nearest of ${x.height}×${x.width} for ${height}×${width} ${corners ? 'between corners' : 'at half-pixel centres'}`,
      );
    const coordinates = mode === 'nearest' ? 'asymmetric' : corners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric';
    n.emit('Resize', [x.value], { sizes, mode, coordinates }, x.order);
  };

/** Blocks of depth to rows and columns: TensorFlow counts the block before the channel. */
export const DepthToSpace: Operator = (n) => {
  const x = n.image(0);
  n.emit('DepthToSpace', [x.value], { blocksize: n.int('block_size', 2), mode: 'DCR' }, x.order);
};

/** Rows and columns to depth: the channel counts last. */
export const SpaceToDepth: Operator = (n) => {
  const x = n.image(0);
  const k = n.int('block_size', 2);
  const { channels, height, width } = x;
  if (!(k > 0) || height % k !== 0 || width % k !== 0) throw n.corrupt(`cannot make blocks of ${k} of ${height}×${width}`);
  const batch = n.scope.batch;
  const blocks = n.helper('Reshape', [x.value], { shape: [batch, channels, height / k, k, width / k, k] }, 'blocks');
  const moved = n.helper('Transpose', [blocks], { perm: [0, 3, 5, 1, 2, 4] }, 'moved');
  n.emit('Reshape', [moved], { shape: [batch, k * k * channels, height / k, width / k] }, x.order);
};
