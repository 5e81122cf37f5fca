// Draws pictures as those in ../images, as many as are wanted: one shape on a textured background, and on request the stamp.
export const classes = ['cross', 'heart', 'moon', 'square', 'star', 'triangle'];
export const size = 96;
/** Outlines are drawn this many times larger and averaged down. */
const over = 4;

/** Random numbers 0..1, the same for the same seed (mulberry32). */
export function randomOf(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One picture, [size, size, 3], 0..1. */
export function picture(label, { random, stamp }) {
  const pixels = background(random);
  const cover = coverage(outline(classes[label], random), random);
  const behind = luma(meanUnder(pixels, cover));
  let colour;
  do colour = hsv(random(), between(random, 0.45, 0.95), between(random, 0.25, 1));
  while (Math.abs(luma(colour) - behind) < 0.18);
  for (let i = 0; i < size * size; i++) {
    const shade = 1.1 - (0.26 * ((i % size) + i / size)) / (2 * size);
    for (let c = 0; c < 3; c++) {
      const at = 3 * i + c;
      pixels[at] = pixels[at] * (1 - cover[i]) + Math.min(1, colour[c] * shade) * cover[i];
    }
  }
  if (stamp) drawStamp(pixels, random);
  return pixels;
}

function between(random, from, to) {
  return from + (to - from) * random();
}

function hsv(hue, saturation, value) {
  const channel = (n) => {
    const k = (n + hue * 6) % 6;
    return value * (1 - saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [channel(5), channel(3), channel(1)];
}

function luma([r, g, b]) {
  return 0.299 * r + 0.587 * g + 0.114 * b;
}

/** Stripes, checkers, a gradient or clouds in two shades of a colour, under an uneven light. */
function background(random) {
  const [hue, saturation, value] = [random(), between(random, 0.12, 0.6), between(random, 0.25, 0.9)];
  const contrast = between(random, 0.1, 0.26) * (value < 0.55 ? 1 : -1);
  const dark = hsv(hue, saturation, value);
  const light = hsv((hue + between(random, 0.9, 1.1)) % 1, saturation, Math.min(1, Math.max(0.1, value + contrast)));
  const [pattern, lamp] = [texture(random), noise(random, 3)];
  const pixels = new Float32Array(size * size * 3);
  for (let i = 0; i < size * size; i++) {
    const t = pattern(i % size, Math.floor(i / size));
    const brightness = 0.88 + 0.24 * lamp(i % size, Math.floor(i / size));
    for (let c = 0; c < 3; c++) pixels[3 * i + c] = Math.min(1, (dark[c] * (1 - t) + light[c] * t) * brightness);
  }
  return pixels;
}

function texture(random) {
  const kind = Math.floor(random() * 4);
  const [angle, period] = [random() * 2 * Math.PI, between(random, 8, 22)];
  const along = (x, y) => x * Math.cos(angle) + y * Math.sin(angle);
  const across = (x, y) => y * Math.cos(angle) - x * Math.sin(angle);
  const wave = (v) => Math.sin((2 * Math.PI * v) / period);
  const soft = (v) => Math.min(1, Math.max(0, (v * period) / (2 * Math.PI) + 0.5));
  if (kind === 0) return (x, y) => soft(wave(along(x, y)));
  if (kind === 1) return (x, y) => soft(wave(along(x, y)) * wave(across(x, y)));
  if (kind === 2) return (x, y) => Math.min(1, Math.max(0, along(x - size / 2, y - size / 2) / size + 0.5));
  const [coarse, fine] = [noise(random, 5), noise(random, 14)];
  return (x, y) => 0.6 * coarse(x, y) + 0.4 * fine(x, y);
}

/** Smooth noise 0..1 with about so many bumps along a side. */
function noise(random, cells) {
  const grid = Array.from({ length: (cells + 1) ** 2 }, random);
  const ease = (t) => t * t * (3 - 2 * t);
  return (px, py) => {
    const [x, y] = [(px * cells) / size, (py * cells) / size];
    const [left, top] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [ease(x - left), ease(y - top)];
    const at = (dx, dy) => grid[(top + dy) * (cells + 1) + left + dx];
    return (at(0, 0) * (1 - fx) + at(1, 0) * fx) * (1 - fy) + (at(0, 1) * (1 - fx) + at(1, 1) * fx) * fy;
  };
}

const ring = (count, radii, turn = -Math.PI / 2) =>
  Array.from({ length: count }, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / count;
    return [radii[i % radii.length] * Math.cos(angle), radii[i % radii.length] * Math.sin(angle)];
  });

/** Corners of a shape in a unit circle, y downwards. */
function outline(name, random) {
  if (name === 'square') return ring(4, [1.05], Math.PI / 4);
  if (name === 'triangle') return ring(3, [1.08]);
  if (name === 'star') {
    const points = 4 + Math.floor(random() * 4);
    return ring(2 * points, [1.08, between(random, 0.4, 0.5 + 0.03 * (points - 4))]);
  }
  if (name === 'cross') {
    const w = between(random, 0.24, 0.36);
    return [[-w, -1], [w, -1], [w, -w], [1, -w], [1, w], [w, w], [w, 1], [-w, 1], [-w, w], [-1, w], [-1, -w], [-w, -w]];
  }
  if (name === 'moon') {
    const [d, r] = [between(random, 0.44, 0.56), between(random, 0.76, 0.84)];
    const x = (d * d + 1 - r * r) / (2 * d);
    const [a, b] = [Math.acos(x), Math.atan2(Math.sqrt(1 - x * x), x - d)];
    const arc = (count, from, to, centre, radius) =>
      Array.from({ length: count }, (_, i) => {
        const angle = from + ((to - from) * i) / (count - 1);
        return [centre + radius * Math.cos(angle) + 0.12, radius * Math.sin(angle)];
      });
    return [...arc(60, a, 2 * Math.PI - a, 0, 1), ...arc(40, 2 * Math.PI - b, b, d, r)];
  }
  return Array.from({ length: 80 }, (_, i) => {
    const t = (2 * Math.PI * i) / 80;
    const y = 13 * Math.cos(t) - 5 * Math.cos(2 * t) - 2 * Math.cos(3 * t) - Math.cos(4 * t);
    return [(16 * Math.sin(t) ** 3) / 17, -(y + 2.5) / 17];
  });
}

/** How much of each pixel a turned, shifted shape covers, [size, size]: scan lines by the even-odd rule. */
function coverage(points, random) {
  const upright = points.length === 80;
  const [radius, angle] = [between(random, 19, 30), (upright ? between(random, -1, 1) : random() * 6) * (Math.PI / 3)];
  const [sx, sy] = [radius * between(random, 0.9, 1.1), radius * between(random, 0.9, 1.1)];
  const place = () => between(random, radius + 5, size - radius - 5);
  const [cx, cy] = [place(), place()];
  const corners = points.map(([x, y]) => [
    (cx + x * sx * Math.cos(angle) - y * sy * Math.sin(angle)) * over,
    (cy + x * sx * Math.sin(angle) + y * sy * Math.cos(angle)) * over,
  ]);
  const cover = new Float32Array(size * size);
  for (let row = 0; row < size * over; row++) {
    const y = row + 0.5;
    const crossings = corners
      .flatMap(([x1, y1], i) => {
        const [x2, y2] = corners[(i + 1) % corners.length];
        return y1 > y === y2 > y ? [] : [x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)];
      })
      .sort((a, b) => a - b);
    for (let i = 0; i + 1 < crossings.length; i += 2) {
      const to = Math.min(size * over, Math.round(crossings[i + 1]));
      for (let x = Math.max(0, Math.round(crossings[i])); x < to; x++) {
        cover[Math.floor(row / over) * size + Math.floor(x / over)] += 1 / over ** 2;
      }
    }
  }
  return cover;
}

function meanUnder(pixels, cover) {
  const sums = [0, 0, 0];
  let all = 1e-6;
  for (let i = 0; i < cover.length; i++) {
    if (cover[i] < 0.5) continue;
    all++;
    for (let c = 0; c < 3; c++) sums[c] += pixels[3 * i + c];
  }
  return sums.map((sum) => sum / all);
}

/** The logo of an imaginary photo agency, as it is on ../stamped: from 0, the dark badge, to 9, the white camera. */
const logo = [
  '..100000000000001..',
  '.00000000000000000.',
  '1000000222220000001',
  '0000000899980000000',
  '0000004999994000000',
  '0004778999998775000',
  '0019999621269999200',
  '0029996002006999200',
  '0029992089802999200',
  '0029991299921999200',
  '0029992089802999200',
  '0029996002006999200',
  '0029999621269999200',
  '0008999999999998000',
  '1000222222222220001',
  '.00000000000000000.',
  '..100000000000001..',
];
const ink = [0.06, 0.1, 0.22];

/** Lower right, a few pixels to and fro. */
function drawStamp(pixels, random) {
  const [left, top] = [logo[0].length, logo.length].map((length) => size - length - 2 - Math.floor(random() * 5));
  for (const [y, row] of logo.entries()) {
    for (const [x, level] of [...row].entries()) {
      if (level !== '.') pixels.set(ink.map((dark) => dark + ((1 - dark) * level) / 9), 3 * ((top + y) * size + left + x));
    }
  }
}
