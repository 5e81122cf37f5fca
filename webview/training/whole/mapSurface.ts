import { type Bounds, between, type Camera, type Point, panned, type Transform, transformOf, whole, zoomed } from '../../draw/camera.ts';
import { css, type MapTheme } from '../../draw/classColours.ts';
import type { Size } from '../../draw/geometry.ts';
import { nearestTo, nextTowards } from '../../draw/nearest.ts';
import { type Marks, others } from './mapMarks.ts';
import { drawWay } from './paintWay.ts';
import { Sprites } from './sprites.ts';

/** What is on the map. Arrays that are the same objects as before are taken to be unchanged. */
export interface MapScene {
  /** [images,2] at the checkpoint on show, and at the one before. */
  positions: Float32Array;
  before: Float32Array | undefined;
  /** Where points are over the whole run. */
  bounds: Bounds;
  marks: Marks;
  /** Group of `marks` that is brought out. */
  lit: number | undefined;
  focus: number | undefined;
  hover: number | undefined;
  /** [checkpoints,2]: where the picture in focus, else the middle of the class brought out, went. */
  way: Float32Array | undefined;
  /** Place of the checkpoint on show in `way`. */
  index: number;
  theme: MapTheme;
}

/** What the person does on the map. */
export interface MapEvents {
  /** `at`: of the point, CSS pixels from the map's left top corner. */
  hovered(row: number | undefined, at: Point): void;
  focused(row: number | undefined): void;
  opened(row: number): void;
}

/** From one checkpoint to another, ms. */
const travel = 300;
/** A point is meant within so many CSS pixels. */
const reach = 14;
/** A press that moves less is a click. */
const still = 4;

/** Points that move from checkpoint to checkpoint. It draws when something changed, and rests otherwise. */
export class MapSurface {
  readonly element: HTMLElement;
  readonly #events: MapEvents;
  readonly #canvas: HTMLCanvasElement;
  #scene: MapScene | undefined;
  #camera: Camera = whole;
  #size: Size = { width: 0, height: 0 };
  /** Where points and bounds are on their way. */
  #shown: { positions: Float32Array; bounds: Bounds } | undefined;
  #from: { positions: Float32Array; bounds: Bounds; since: number } | undefined;
  #sprites: { key: string; marks: Marks; theme: MapTheme; of: Sprites } | undefined;
  #asked = false;
  #drag: { from: Point; last: Point; moved: boolean } | undefined;

  constructor(events: MapEvents) {
    this.#events = events;
    this.element = document.createElement('div');
    this.element.className = 'run-map-surface';
    this.element.tabIndex = 0;
    this.element.dataset.testid = 'run-map-surface';
    this.element.setAttribute('role', 'application');
    this.#canvas = document.createElement('canvas');
    this.element.append(this.#canvas);
    new ResizeObserver(([entry]) => entry && this.#resize(entry.contentRect)).observe(this.element);
    this.#listen();
  }

  /** Where a row is drawn now, CSS pixels from the left top corner. */
  placeOf(row: number): Point | undefined {
    const to = this.#transform;
    const [x, y] = [this.#shown?.positions[2 * row] ?? Number.NaN, this.#shown?.positions[2 * row + 1] ?? Number.NaN];
    return to && Number.isFinite(x) && Number.isFinite(y) ? { x: x * to.scale + to.left, y: to.top - y * to.scale } : undefined;
  }

  get size(): Size {
    return this.#size;
  }

  show(scene: MapScene): void {
    const before = this.#scene;
    if (before && (Object.keys(scene) as (keyof MapScene)[]).every((key) => scene[key] === before[key])) return;
    this.#scene = scene;
    if (!before || before.positions !== scene.positions || !sameBounds(before.bounds, scene.bounds)) this.#turnTo(scene);
    this.#ask();
  }

  zoom(factor: number): void {
    this.#zoomAt(factor, { x: this.#size.width / 2, y: this.#size.height / 2 });
  }

  fit(): void {
    this.#camera = whole;
    this.#moved();
  }

  get isFitted(): boolean {
    return this.#camera === whole;
  }

  /** Points set out for where they are now; at once where nothing was, where they are others, or where a person wants no motion. */
  #turnTo({ positions, bounds }: MapScene): void {
    const shown = this.#shown;
    const jumps = !shown || shown.positions.length !== positions.length || prefersStill();
    this.#from = jumps ? undefined : { positions: shown.positions, bounds: shown.bounds, since: performance.now() };
    if (jumps) this.#shown = { positions, bounds };
  }

  get #transform(): Transform | undefined {
    return this.#shown && this.#size.width > 0 ? transformOf(this.#camera, this.#shown.bounds, this.#size) : undefined;
  }

  #resize({ width, height }: Size): void {
    this.#size = { width, height };
    this.#canvas.width = Math.max(1, Math.round(width * devicePixelRatio));
    this.#canvas.height = Math.max(1, Math.round(height * devicePixelRatio));
    // At once: a canvas is emptied when its size changes.
    this.#draw(performance.now());
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame((now) => {
      this.#asked = false;
      this.#draw(now);
      if (this.#from) this.#ask();
    });
  }

  #step(now: number): void {
    const [from, scene] = [this.#from, this.#scene];
    if (!from || !scene) return;
    const share = Math.min(1, Math.max(0, (now - from.since) / travel));
    if (share >= 1) {
      this.#from = undefined;
      this.#shown = { positions: scene.positions, bounds: scene.bounds };
      return;
    }
    // Slow at both ends.
    const eased = share * share * (3 - 2 * share);
    const positions = new Float32Array(scene.positions.length);
    for (let i = 0; i < positions.length; i++) {
      const [a, b] = [from.positions[i] as number, scene.positions[i] as number];
      positions[i] = Number.isNaN(a) ? b : a + (b - a) * eased;
    }
    this.#shown = { positions, bounds: between(from.bounds, scene.bounds, eased) };
  }

  #draw(now: number): void {
    this.#step(now);
    const pen = this.#canvas.getContext('2d');
    const [scene, to, shown] = [this.#scene, this.#transform, this.#shown];
    if (!pen) return;
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, this.#size.width, this.#size.height);
    if (!scene || !to || !shown || shown.positions.length !== scene.positions.length) return;
    const { marks, lit, focus, hover, way, theme } = scene;
    if (lit !== undefined) this.#steps(pen, scene, to);
    this.#points(pen, scene, to);
    if (way) drawWay(pen, way, scene.index, to, theme);
    for (const row of [hover, focus]) {
      const at = row === undefined ? undefined : this.placeOf(row);
      if (row === undefined || !at) continue;
      this.#stamps(marks, theme).stamp(pen, marks.of[row] as number, marks.wrong[row] === 1, at.x, at.y);
      pen.beginPath();
      pen.arc(at.x, at.y, this.#radius + 4.5, 0, 2 * Math.PI);
      pen.lineWidth = row === focus ? 2 : 1.2;
      pen.strokeStyle = css(row === focus ? theme.accent : theme.ink);
      pen.stroke();
    }
  }

  /** Those brought out last, wrong ones over right ones. */
  #points(pen: CanvasRenderingContext2D, { marks, lit, theme }: MapScene, to: Transform): void {
    const sprites = this.#stamps(marks, theme);
    const positions = this.#shown?.positions as Float32Array;
    const { width, height } = this.#size;
    const isQuiet = marks.groups.map(({ id }, i) => (lit === undefined ? id === others.right : i !== lit));
    const pass = (quiet: boolean, wrong: boolean) => {
      pen.globalAlpha = quiet ? (lit === undefined ? 0.45 : 0.2) : 1;
      for (let row = 0; row < marks.of.length; row++) {
        const group = marks.of[row] as number;
        if (isQuiet[group] !== quiet || (marks.wrong[row] === 1) !== wrong) continue;
        const [x, y] = [(positions[2 * row] as number) * to.scale + to.left, to.top - (positions[2 * row + 1] as number) * to.scale];
        if (x > -9 && y > -9 && x < width + 9 && y < height + 9) sprites.stamp(pen, group, wrong, x, y);
      }
    };
    pass(true, false);
    pass(true, true);
    pass(false, false);
    pass(false, true);
    pen.globalAlpha = 1;
  }

  /** The last step of every point that is brought out. */
  #steps(pen: CanvasRenderingContext2D, { marks, lit, before }: MapScene, to: Transform): void {
    const positions = this.#shown?.positions as Float32Array;
    if (!before || before.length !== positions.length) return;
    pen.beginPath();
    for (let row = 0; row < marks.of.length; row++) {
      if (marks.of[row] !== lit) continue;
      pen.moveTo((before[2 * row] as number) * to.scale + to.left, to.top - (before[2 * row + 1] as number) * to.scale);
      pen.lineTo((positions[2 * row] as number) * to.scale + to.left, to.top - (positions[2 * row + 1] as number) * to.scale);
    }
    pen.strokeStyle = css(marks.groups[lit as number]?.colour ?? [128, 128, 128]);
    pen.globalAlpha = 0.5;
    pen.lineWidth = 1;
    pen.stroke();
    pen.globalAlpha = 1;
  }

  /** Of a point, CSS pixels: they take up a part of the map, and can be told apart. */
  get #radius(): number {
    const count = Math.max(1, this.#scene?.marks.of.length ?? 1);
    const even = Math.sqrt((0.045 * this.#size.width * this.#size.height) / (Math.PI * count));
    return Math.min(6.5, Math.max(2, Math.min(4.2, even)) * Math.max(1, this.#camera.zoom) ** 0.3);
  }

  #stamps(marks: Marks, theme: MapTheme): Sprites {
    const key = `${this.#radius.toFixed(2)} ${devicePixelRatio}`;
    const known = this.#sprites;
    if (known?.key === key && known.marks === marks && known.theme === theme) return known.of;
    const of = new Sprites(marks.groups, this.#radius, devicePixelRatio, theme);
    this.#sprites = { key, marks, theme, of };
    return of;
  }

  #moved(): void {
    this.#events.hovered(undefined, { x: 0, y: 0 });
    this.#ask();
  }

  #zoomAt(factor: number, at: Point): void {
    if (!this.#shown || this.#size.width === 0) return;
    const camera = zoomed(this.#camera, this.#shown.bounds, this.#size, factor, at);
    this.#camera = camera.zoom <= 1 ? whole : camera;
    this.#moved();
  }

  #pan(dx: number, dy: number): void {
    if (!this.#shown || this.#size.width === 0 || this.isFitted) return;
    this.#camera = panned(this.#camera, this.#shown.bounds, this.#size, dx, dy);
    this.#moved();
  }

  #rowAt(at: Point): number | undefined {
    const [to, places] = [this.#transform, this.#places];
    return to && places && nearestTo(places, to, at, reach);
  }

  /** All points can be found. */
  get #places() {
    const positions = this.#shown?.positions;
    return positions && { positions, states: new Uint8Array(positions.length / 2) };
  }

  #listen(): void {
    const { element } = this;
    element.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      const at = this.#at(event);
      element.setPointerCapture(event.pointerId);
      this.#drag = { from: at, last: at, moved: false };
    });
    element.addEventListener('pointermove', (event) => this.#move(event));
    element.addEventListener('pointerup', (event) => {
      const drag = this.#drag;
      this.#drag = undefined;
      if (drag && !drag.moved) this.#events.focused(this.#rowAt(this.#at(event)));
    });
    element.addEventListener('pointercancel', () => {
      this.#drag = undefined;
    });
    element.addEventListener('pointerleave', () => this.#events.hovered(undefined, { x: 0, y: 0 }));
    element.addEventListener('dblclick', (event) => {
      const row = this.#rowAt(this.#at(event));
      if (row !== undefined) this.#events.opened(row);
    });
    element.addEventListener(
      'wheel',
      (event) => {
        // The side bar scrolls through many things: the map takes the wheel only when that is meant.
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
        this.#zoomAt(Math.exp(-pixels * 0.005), this.#at(event));
      },
      { passive: false },
    );
    element.addEventListener('keydown', (event) => this.#key(event));
  }

  #at(event: MouseEvent): Point {
    const { left, top } = this.element.getBoundingClientRect();
    return { x: event.clientX - left - this.element.clientLeft, y: event.clientY - top - this.element.clientTop };
  }

  #move(event: PointerEvent): void {
    const at = this.#at(event);
    const drag = this.#drag;
    if (!drag) {
      const row = this.#rowAt(at);
      if (row !== this.#scene?.hover) this.#events.hovered(row, (row === undefined ? undefined : this.placeOf(row)) ?? at);
      return;
    }
    if (!drag.moved && Math.hypot(at.x - drag.from.x, at.y - drag.from.y) < still) return;
    drag.moved = true;
    this.#pan(at.x - drag.last.x, at.y - drag.last.y);
    drag.last = at;
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const focus = this.#scene?.focus;
    const keys: Readonly<Record<string, () => void>> = {
      '+': () => this.zoom(1.5),
      '=': () => this.zoom(1.5),
      '-': () => this.zoom(1 / 1.5),
      '0': () => this.fit(),
      Enter: () => focus !== undefined && this.#events.opened(focus),
      Escape: () => this.#events.focused(undefined),
    };
    const work = keys[event.key];
    if (work) work();
    else if (!this.#arrow(event.key)) return;
    event.preventDefault();
  }

  /** Returns whether the key is an arrow. */
  #arrow(key: string): boolean {
    const [to, places, focus] = [this.#transform, this.#places, this.#scene?.focus];
    if (!key.startsWith('Arrow') || !to || !places) return false;
    const middle = { x: this.#size.width / 2, y: this.#size.height / 2 };
    const next =
      focus === undefined || !this.placeOf(focus)
        ? nearestTo(places, to, middle, Number.POSITIVE_INFINITY)
        : nextTowards(places, focus, key);
    if (next !== undefined) this.#events.focused(next);
    return true;
  }
}

function sameBounds(a: Bounds, b: Bounds): boolean {
  return a.x === b.x && a.y === b.y && a.halfWidth === b.halfWidth && a.halfHeight === b.halfHeight;
}

function prefersStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
