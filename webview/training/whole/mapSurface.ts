import { type Bounds, type Camera, type Point, panned, type Transform, transformOf, whole, zoomed } from '../../draw/camera.ts';
import type { MapTheme } from '../../draw/classColours.ts';
import type { Size } from '../../draw/geometry.ts';
import { nearestTo, placeOnScreen, stepTo } from '../../draw/nearest.ts';
import { MapPointer } from '../../ui/mapPointer.ts';
import type { Marks } from './mapMarks.ts';
import { drawMap, pointRadius } from './paintPoints.ts';
import { Sprites } from './sprites.ts';
import { type Stand, Travel } from './travel.ts';

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

/** A point is meant within so many CSS pixels. */
const reach = 14;

/** Points that move from checkpoint to checkpoint. It draws when something changed, and rests otherwise. */
export class MapSurface {
  readonly element: HTMLElement;
  readonly #events: MapEvents;
  readonly #canvas: HTMLCanvasElement;
  #scene: MapScene | undefined;
  #camera: Camera = whole;
  #size: Size = { width: 0, height: 0 };
  readonly #travel = new Travel();
  #sprites: { key: string; marks: Marks; theme: MapTheme; of: Sprites } | undefined;
  #asked = false;

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
    return placeOnScreen(this.#shown?.positions, row, this.#transform);
  }

  get size(): Size {
    return this.#size;
  }

  show(scene: MapScene): void {
    const before = this.#scene;
    if (before && (Object.keys(scene) as (keyof MapScene)[]).every((key) => scene[key] === before[key])) return;
    this.#scene = scene;
    this.#travel.turnTo({ positions: scene.positions, bounds: scene.bounds });
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

  get #shown(): Stand | undefined {
    return this.#travel.shown;
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
      if (this.#travel.isUnderWay) this.#ask();
    });
  }

  #draw(now: number): void {
    this.#travel.step(now);
    const pen = this.#canvas.getContext('2d');
    const [scene, to, shown] = [this.#scene, this.#transform, this.#shown];
    if (!pen) return;
    pen.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    pen.clearRect(0, 0, this.#size.width, this.#size.height);
    if (!scene || !to || !shown || shown.positions.length !== scene.positions.length) return;
    const radius = pointRadius(scene.marks.of.length, this.#size, this.#camera.zoom);
    const sprites = this.#stamps(scene, radius);
    drawMap(pen, scene, { positions: shown.positions, to, size: this.#size, radius, sprites });
  }

  #stamps({ marks, theme }: MapScene, radius: number): Sprites {
    const key = `${radius.toFixed(2)} ${devicePixelRatio}`;
    const known = this.#sprites;
    if (known?.key === key && known.marks === marks && known.theme === theme) return known.of;
    const of = new Sprites(marks.groups, radius, devicePixelRatio, theme);
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
    this.element.addEventListener('keydown', (event) => this.#key(event));
    new MapPointer(this.element, {
      hover: (at) => {
        const row = this.#rowAt(at);
        if (row !== this.#scene?.hover) this.#events.hovered(row, (row === undefined ? undefined : this.placeOf(row)) ?? at);
      },
      leave: () => this.#events.hovered(undefined, { x: 0, y: 0 }),
      click: (at) => this.#events.focused(this.#rowAt(at)),
      drag: (_, by) => this.#pan(by.x, by.y),
      open: (at) => {
        const row = this.#rowAt(at);
        if (row !== undefined) this.#events.opened(row);
      },
      zoom: (factor, at) => this.#zoomAt(factor, at),
      // The side bar scrolls through many things: the map takes the wheel only when that is meant.
      wheel: ({ ctrlKey, metaKey }) => (ctrlKey || metaKey ? 0.005 : 0),
    });
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
    const isThere = focus !== undefined && this.placeOf(focus) !== undefined;
    const next = stepTo(key, places, isThere ? focus : undefined, { to, size: this.#size });
    if (next !== undefined) this.#events.focused(next);
    return true;
  }
}
