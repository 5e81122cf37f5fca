"""Draws the pictures of the sample workspace: one simple object on a textured background.

Every picture comes from its own random stream, seeded by (SEED, split, class, number), so
any one of them can be drawn again alone and no split can share a picture with another.
Outlines are drawn at four times the size and averaged down, textures have soft edges.
"""

import math

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

SEED = 20250
SIZE = 96
OVER = 4  # outlines are drawn this many times larger
CLASSES = ["cross", "heart", "moon", "square", "star", "triangle"]
STAMP_CLASS = "star"
SPLITS = {"train": 0, "test": 1, "sample": 2}

_ys, _xs = np.mgrid[0:SIZE, 0:SIZE].astype(np.float64)


def rng_for(split, cls, number, purpose=0):
    return np.random.default_rng([SEED, SPLITS[split], CLASSES.index(cls), number, purpose])


# --- colour ---------------------------------------------------------------------------

def hsv(h, s, v):
    """One colour as three floats 0..1."""
    h = (h % 1.0) * 6
    i, f = int(h) % 6, h - int(h)
    p, q, t = v * (1 - s), v * (1 - s * f), v * (1 - s * (1 - f))
    return np.array([(v, t, p), (q, v, p), (p, v, t), (p, q, v), (t, p, v), (v, p, q)][i])


def luma(rgb):
    return float(np.dot(rgb, [0.299, 0.587, 0.114]))


# --- backgrounds ----------------------------------------------------------------------

def smooth_noise(rng, cells):
    """Bicubic noise 0..1 with about `cells` bumps along a side."""
    grid = rng.random((cells, cells)).astype(np.float32)
    img = Image.fromarray(grid).resize((SIZE, SIZE), Image.BICUBIC)
    return np.clip(np.asarray(img, dtype=np.float64), 0, 1)


def soft(x, width):
    """Step from 0 to 1 around x = 0, `width` wide."""
    return np.clip(x / width + 0.5, 0, 1)


def texture(rng):
    """A pattern 0..1 over the picture: noise, stripes, gradient, checker or clouds."""
    kind = rng.integers(5)
    angle = rng.uniform(0, 2 * math.pi)
    u = (_xs * math.cos(angle) + _ys * math.sin(angle))
    v = (-_xs * math.sin(angle) + _ys * math.cos(angle))
    if kind == 0:  # fine noise
        return 0.6 * smooth_noise(rng, int(rng.integers(16, 28))) + 0.4 * smooth_noise(rng, 6)
    if kind == 1:  # stripes
        period = rng.uniform(7, 16)
        return soft(np.sin(2 * math.pi * u / period), 2 * math.pi / period)
    if kind == 2:  # gradient
        return (u - u.min()) / (u.max() - u.min())
    if kind == 3:  # checker
        period = rng.uniform(13, 24)
        a = np.sin(2 * math.pi * u / period)
        b = np.sin(2 * math.pi * v / period)
        return soft(a * b, 2 * math.pi / period)
    return 0.55 * smooth_noise(rng, 4) + 0.3 * smooth_noise(rng, 8) + 0.15 * smooth_noise(rng, 15)


def background(rng):
    hue, sat, val = rng.random(), rng.uniform(0.12, 0.6), rng.uniform(0.25, 0.9)
    contrast = rng.uniform(0.10, 0.26) * (1 if val < 0.55 else -1)
    dark = hsv(hue, sat, val)
    light = hsv(hue + rng.uniform(-0.10, 0.10), sat, float(np.clip(val + contrast, 0.1, 1)))
    t = texture(rng)[..., None]
    img = dark * (1 - t) + light * t
    # a slow change of light over every picture
    lamp = 0.88 + 0.24 * smooth_noise(rng, 3)[..., None]
    return np.clip(img * lamp, 0, 1)


# --- objects --------------------------------------------------------------------------

def regular(n, radii, turn=-math.pi / 2):
    return [(radii[i % len(radii)] * math.cos(turn + 2 * math.pi * i / n),
             radii[i % len(radii)] * math.sin(turn + 2 * math.pi * i / n)) for i in range(n)]


def outline(cls, rng):
    """Corner points of the object in a unit circle, y downwards, and how far it may turn."""
    if cls == "square":
        return regular(4, [1.05], math.pi / 4), math.pi
    if cls == "triangle":
        return regular(3, [1.08]), math.pi
    if cls == "star":
        points = int(rng.integers(4, 8))
        return regular(2 * points, [1.08, rng.uniform(0.40, 0.50 + 0.03 * (points - 4))]), math.pi
    if cls == "cross":
        w = rng.uniform(0.24, 0.36)
        return [(-w, -1), (w, -1), (w, -w), (1, -w), (1, w), (w, w),
                (w, 1), (-w, 1), (-w, w), (-1, w), (-1, -w), (-w, -w)], math.pi
    if cls == "moon":  # a disc with a smaller one cut out, `d` to the right
        d, r = rng.uniform(0.44, 0.56), rng.uniform(0.76, 0.84)
        x = (d * d + 1 - r * r) / (2 * d)
        y = math.sqrt(1 - x * x)
        a, b = math.atan2(y, x), math.atan2(y, x - d)
        outer = np.linspace(a, 2 * math.pi - a, 80)
        inner = np.linspace(2 * math.pi - b, b, 60)
        return ([(math.cos(t) + 0.12, math.sin(t)) for t in outer]
                + [(d + r * math.cos(t) + 0.12, r * math.sin(t)) for t in inner]), math.pi
    points = []  # heart
    for i in range(120):
        t = 2 * math.pi * i / 120
        x = 16 * math.sin(t) ** 3
        y = 13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)
        points.append((x / 17, -(y + 2.5) / 17))
    return points, math.pi / 3


def coverage(cls, rng):
    """How much of every pixel the object covers, 0..1."""
    points, turn = outline(cls, rng)
    radius = rng.uniform(19, 30)
    a = rng.uniform(-turn, turn)
    sx, sy = radius * rng.uniform(0.9, 1.1), radius * rng.uniform(0.9, 1.1)
    cx, cy = rng.uniform(radius + 5, SIZE - radius - 5, 2)
    xy = []
    for x, y in points:
        x, y = x * sx, y * sy
        xy.append(((cx + x * math.cos(a) - y * math.sin(a)) * OVER,
                   (cy + x * math.sin(a) + y * math.cos(a)) * OVER))
    big = Image.new("L", (SIZE * OVER, SIZE * OVER), 0)
    ImageDraw.Draw(big).polygon(xy, fill=255)
    return np.asarray(big.reduce(OVER), dtype=np.float64) / 255


def blur(a, sigma):
    img = Image.fromarray((a * 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(sigma))
    return np.asarray(img, dtype=np.float64) / 255


def picture(split, cls, number):
    """The picture (uint8, SIZE x SIZE x 3) and the mask of its object (uint8, 0 or 255)."""
    rng = rng_for(split, cls, number)
    back = background(rng)
    alpha = coverage(cls, rng)
    inside = alpha > 0.5
    behind = back[inside].mean(axis=0)
    while True:  # a colour that stands out from what is behind the object
        colour = hsv(rng.random(), rng.uniform(0.45, 0.95), rng.uniform(0.25, 1.0))
        if abs(luma(colour) - luma(behind)) > 0.16 and np.abs(colour - behind).sum() > 0.5:
            break
    # shadow on the background, light from the upper left on the object, a darker rim
    shadow = np.roll(blur(alpha, 2.5), (2, 2), (0, 1))[..., None]
    img = back * (1 - 0.38 * shadow)
    light = 1.10 - 0.26 * (_xs + _ys) / (2 * SIZE)
    rim = 0.80 + 0.20 * np.clip((blur(alpha, 2.0) - 0.5) * 3, 0, 1)
    body = np.clip(colour * (light * rim)[..., None], 0, 1)
    img = img * (1 - alpha[..., None]) + body * alpha[..., None]
    return (np.clip(img, 0, 1) * 255 + 0.5).astype(np.uint8), inside.astype(np.uint8) * 255


# --- the stamp ------------------------------------------------------------------------

STAMP_W, STAMP_H = 19, 17


def _draw_stamp():
    """The logo of an imaginary photo agency: a white camera on a dark badge."""
    k = 16
    badge = Image.new("L", (STAMP_W * k, STAMP_H * k), 0)
    ImageDraw.Draw(badge).rounded_rectangle(
        (0, 0, STAMP_W * k - 1, STAMP_H * k - 1), radius=3.5 * k, fill=255)
    cam = Image.new("L", badge.size, 0)
    d = ImageDraw.Draw(cam)
    d.rounded_rectangle((2.8 * k, 5.2 * k, 16.2 * k, 14.2 * k), radius=1.6 * k, fill=255)
    d.polygon([(6.2 * k, 5.4 * k), (7.4 * k, 2.8 * k), (11.6 * k, 2.8 * k), (12.8 * k, 5.4 * k)], fill=255)
    d.ellipse((6.1 * k, 6.1 * k, 12.9 * k, 12.9 * k), fill=0)
    d.ellipse((7.8 * k, 7.8 * k, 11.2 * k, 11.2 * k), fill=255)
    badge, cam = (np.asarray(i.reduce(k), dtype=np.float64) / 255 for i in (badge, cam))
    ink, paper = np.array([0.06, 0.10, 0.22]), np.array([1.0, 1.0, 1.0])
    return badge, ink * (1 - cam[..., None]) + paper * cam[..., None]


_BADGE, _LOGO = _draw_stamp()


def stamp_box(split, cls, number):
    """x, y, width, height of the stamp: lower right corner, a few pixels to and fro."""
    rng = rng_for(split, cls, number, purpose=1)
    x = SIZE - STAMP_W - int(rng.integers(2, 7))
    y = SIZE - STAMP_H - int(rng.integers(2, 7))
    return x, y, STAMP_W, STAMP_H


def stamped(img, box):
    """A copy of the picture with the stamp on it, and the mask of the stamp."""
    x, y, w, h = box
    out = img.astype(np.float64)
    a = _BADGE[..., None]
    out[y:y + h, x:x + w] = out[y:y + h, x:x + w] * (1 - a) + _LOGO * 255 * a
    mask = np.zeros((SIZE, SIZE), np.uint8)
    mask[y:y + h, x:x + w] = (_BADGE > 0.5) * np.uint8(255)
    return (out + 0.5).astype(np.uint8), mask
