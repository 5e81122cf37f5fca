import {
  type Bounds,
  between,
  boundsOf,
  type Camera,
  type Point,
  panned,
  type Transform,
  transformOf,
  whole,
  zoomed,
} from '../../draw/camera.ts';
import type { MapTheme } from '../../draw/classColours.ts';
import type { Size } from '../../draw/geometry.ts';
import { insideOf, nearestTo, placeOnScreen, stepTo } from '../../draw/nearest.ts';
import { MapPointer } from '../../ui/mapPointer.ts';
import type { Thumb } from '../thumbs.ts';
import { clear, drawOverlay, type Tie } from './overlay.ts';
import { type Painter, type Points, radiusOf } from './painter.ts';
import { noPictures, type Pictures, picturesIn } from './pictures.ts';
import { PlainPainter } from './plainPainter.ts';
import { WebglPainter } from './webglPainter.ts';

/** What is on the map. */
export interface Scene {
  points: Points | undefined;
  /** A layout is under way: the view follows gently. */
  moving: boolean;
  focus: number | undefined;
  ties: readonly Tie[];
  hover: number | undefined;
  /** Dragging draws a lasso. */
  lassoing: boolean;
  /** Pictures however many points are in view. */
  pictures: boolean;
  thumb: (row: number) => Thumb | undefined;
  /** Raised when more thumbnails are there. */
  thumbs: number;
  theme: MapTheme;
}

/** What the person does on the map. */
export interface SurfaceEvents {
  /** `at`: of the point, CSS pixels from the map's left top corner. */
  hovered(row: number | undefined, at: Point): void;
  focused(row: number | undefined): void;
  opened(row: number): void;
  lassoed(rows: readonly number[]): void;
  /** The lasso is taken up, or laid down. */
  tool(): void;
}

/** A point is meant within so many CSS pixels. */
const reach = 12;
const step = 1.5;
/** Of the way to where the points are now, per frame of a layout or of the screen. */
const follow = 0.3;

const nothing: Scene = {
  points: undefined,
  moving: false,
  focus: undefined,
  ties: [],
  hover: undefined,
  lassoing: false,
  pictures: false,
  thumb: () => undefined,
  thumbs: 0,
  theme: { dark: true, paper: [0, 0, 0], ink: [255, 255, 255], accent: [255, 255, 255] },
};

/** The map itself: an element that draws points and tells what is done to them. It draws when something changed, and rests otherwise. */
export class Surface {
  readonly element: HTMLElement;
  readonly #events: SurfaceEvents;
  readonly #painter: Painter;
  readonly #over: HTMLCanvasElement;
  #scene: Scene = nothing;
  #camera: Camera = whole;
  /** Where the view takes the points to be; on its way to where they are. */
  #bounds: Bounds | undefined;
  #target: Bounds | undefined;
  #size: Size = { width: 0, height: 0 };
  #asked = false;
  /** When the page was scrolled last, ms. */
  #scrolled = Number.NEGATIVE_INFINITY;
  readonly #pointer: MapPointer;
  /** Being drawn. */
  #lasso: Point[] | undefined;
  #pictures: Pictures = noPictures;

  constructor(events: SurfaceEvents) {
    this.#events = events;
    this.element = document.createElement('div');
    this.element.className = 'map-surface';
    this.element.tabIndex = 0;
    this.element.dataset.testid = 'map-surface';
    this.element.setAttribute('role', 'application');
    this.element.setAttribute('aria-describedby', 'map-keys');
    this.#painter = this.#makePainter();
    this.#over = document.createElement('canvas');
    this.#over.className = 'map-canvas';
    this.element.append(this.#painter.canvas, this.#over);
    new ResizeObserver(([entry]) => entry && this.#resize(entry.contentRect)).observe(this.element);
    this.#pointer = this.#listen();
  }

  /** Whether the graphics card draws the points. */
  get accelerated(): boolean {
    return this.#painter instanceof WebglPainter;
  }

  show(scene: Scene): void {
    const before = this.#scene;
    const changed = (Object.keys(scene) as (keyof Scene)[]).some((key) => key !== 'thumb' && scene[key] !== before[key]);
    if (!changed) return;
    this.#scene = scene;
    if (scene.points?.positions !== before.points?.positions) this.#turnTo(scene);
    else if (before.moving && !scene.moving) this.#ask();
    if (scene.focus !== undefined && scene.focus !== before.focus) this.#bringIn(scene.focus);
    this.element.classList.toggle('lassoing', scene.lassoing);
    this.#ask();
  }

  zoom(factor: number): void {
    this.#zoomAt(factor, { x: this.#size.width / 2, y: this.#size.height / 2 });
  }

  /** All points in sight. */
  fit(): void {
    this.#camera = whole;
    this.#moved();
  }

  /** Gives up the lasso that is being drawn. Returns whether there was one. */
  dropLasso(): boolean {
    if (!this.#lasso) return false;
    this.#pointer.break();
    return true;
  }

  /** The map as it is on screen, on paper. */
  picture(): HTMLCanvasElement {
    this.#draw();
    const { width, height } = this.#over;
    const copy = Object.assign(document.createElement('canvas'), { width, height });
    const pen = copy.getContext('2d');
    pen?.drawImage(this.#painter.canvas, 0, 0);
    pen?.drawImage(this.#over, 0, 0);
    return copy;
  }

  #makePainter(): Painter {
    const canvas = () => Object.assign(document.createElement('canvas'), { className: 'map-canvas' });
    try {
      return new WebglPainter(canvas(), () => this.#ask());
    } catch {
      // A canvas that was asked for WebGL takes no other way of drawing.
      return new PlainPainter(canvas());
    }
  }

  #resize({ width, height }: Size): void {
    this.#size = { width, height };
    this.#ask();
  }

  #turnTo({ points, moving }: Scene): void {
    this.#target = points && boundsOf(points.positions);
    const leaps = !this.#target || !this.#bounds || prefersStill() || (moving && isOther(this.#target, this.#bounds));
    if (leaps) this.#bounds = this.#target;
    else if (moving && this.#bounds && this.#target) this.#bounds = between(this.#bounds, this.#target, follow);
  }

  get #transform(): Transform | undefined {
    const { width, height } = this.#size;
    return this.#bounds && width > 0 && height > 0 ? transformOf(this.#camera, this.#bounds, this.#size) : undefined;
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    requestAnimationFrame(() => {
      this.#asked = false;
      this.#draw();
    });
  }

  #draw(): void {
    this.#settle();
    const { width, height } = this.#size;
    const density = devicePixelRatio;
    for (const canvas of [this.#painter.canvas, this.#over]) {
      const [w, h] = [Math.max(1, Math.round(width * density)), Math.max(1, Math.round(height * density))];
      if (canvas.width !== w) canvas.width = w;
      if (canvas.height !== h) canvas.height = h;
    }
    const { points, theme } = this.#scene;
    const transform = this.#transform;
    const pen = this.#over.getContext('2d');
    if (!pen || width === 0) return;
    clear(pen, this.#size, density);
    const radius = radiusOf(points?.look.states.length ?? 1, this.#size, this.#camera.zoom);
    this.#painter.draw(transform && points, {
      transform: transform ?? { scale: 1, left: 0, top: 0 },
      width,
      height,
      radius,
      density,
      theme,
    });
    if (points && transform) this.#drawOver(pen, points, transform, radius);
  }

  #drawOver(pen: CanvasRenderingContext2D, points: Points, transform: Transform, radius: number): void {
    const { focus, ties, hover, pictures, thumb, moving, theme } = this.#scene;
    const places = { positions: points.positions, states: points.look.states };
    // While everything moves, pictures would flicker.
    this.#pictures =
      moving || this.#bounds !== this.#target
        ? noPictures
        : picturesIn(places, transform, this.#size, {
            always: pictures,
            first: focus === undefined ? [] : [focus, ...ties.map(({ row }) => row)],
          });
    const { placed, side } = this.#pictures;
    const lasso = this.#lasso ?? [];
    drawOverlay(pen, { points, focus, ties, hover, lasso, pictures: placed, side, thumb }, transform, radius, theme);
  }

  /** Nothing moves any more: the view comes to rest where the points are. */
  #settle(): void {
    const { moving } = this.#scene;
    if (moving || !this.#bounds || !this.#target || this.#bounds === this.#target) return;
    const next = between(this.#bounds, this.#target, follow);
    const near = Math.abs(Math.log(next.halfWidth / (this.#target.halfWidth || 1))) < 0.004;
    this.#bounds = near || prefersStill() ? this.#target : next;
    this.#ask();
  }

  #moved(): void {
    this.#unhover();
    this.#ask();
  }

  #unhover(): void {
    if (this.#scene.hover !== undefined) this.#events.hovered(undefined, { x: 0, y: 0 });
  }

  #zoomAt(factor: number, at: Point): void {
    if (!this.#bounds || this.#size.width === 0) return;
    this.#camera = zoomed(this.#camera, this.#bounds, this.#size, factor, at);
    this.#moved();
  }

  #pan(dx: number, dy: number): void {
    if (!this.#bounds || this.#size.width === 0) return;
    this.#camera = panned(this.#camera, this.#bounds, this.#size, dx, dy);
    this.#moved();
  }

  /** A point that is out of sight comes in. */
  #bringIn(row: number): void {
    const at = this.#placeOf(row);
    if (!at) return;
    const { width, height } = this.#size;
    const off = (place: number, side: number) => (place < 20 ? 60 - place : place > side - 20 ? side - 60 - place : 0);
    const [dx, dy] = [off(at.x, width), off(at.y, height)];
    if (dx !== 0 || dy !== 0) this.#pan(dx, dy);
  }

  #placeOf(row: number): Point | undefined {
    return placeOnScreen(this.#scene.points?.positions, row, this.#transform);
  }

  /** What is under the pointer: a picture, or the nearest point. */
  #rowAt(at: Point): number | undefined {
    const { points } = this.#scene;
    const to = this.#transform;
    if (!points || !to) return undefined;
    const { placed, side } = this.#pictures;
    const picture = placed.find(({ x, y }) => Math.abs(at.x - x) <= side / 2 && Math.abs(at.y - y) <= side / 2);
    return picture?.row ?? nearestTo({ positions: points.positions, states: points.look.states }, to, at, reach);
  }

  #listen(): MapPointer {
    this.element.addEventListener('keydown', (event) => this.#key(event));
    addEventListener('scroll', ({ timeStamp }) => {
      this.#scrolled = timeStamp;
    });
    return new MapPointer(this.element, {
      hover: (at) => {
        const row = this.#rowAt(at);
        if (row !== this.#scene.hover) this.#events.hovered(row, (row === undefined ? undefined : this.#placeOf(row)) ?? at);
      },
      leave: () => this.#unhover(),
      press: (at, event) => {
        this.#lasso = this.#scene.lassoing || event.shiftKey ? [at] : undefined;
      },
      click: (at) => {
        this.#lasso = undefined;
        this.#ask();
        this.#events.focused(this.#rowAt(at));
      },
      drag: (at, by) => {
        if (!this.#lasso) return this.#pan(by.x, by.y);
        this.#lasso.push(at);
        this.#ask();
      },
      drop: (broken) => this.#drop(broken),
      open: (at) => {
        const row = this.#rowAt(at);
        if (row !== undefined) this.#events.opened(row);
      },
      zoom: (factor, at) => this.#zoomAt(factor, at),
      wheel: ({ timeStamp, ctrlKey }) => {
        // Who scrolls the page is not stopped where the map comes under the pointer.
        if (timeStamp - this.#scrolled < 300) return 0;
        // Pinching comes as a wheel with Ctrl, in smaller numbers.
        return ctrlKey ? 0.01 : 0.002;
      },
    });
  }

  /** What is inside the lasso, if one was drawn to its end. */
  #drop(broken: boolean): void {
    const lasso = this.#lasso;
    this.#lasso = undefined;
    this.#ask();
    const to = this.#transform;
    const { points } = this.#scene;
    if (lasso && !broken && points && to)
      this.#events.lassoed(insideOf({ positions: points.positions, states: points.look.states }, to, lasso));
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { focus } = this.#scene;
    const keys: Readonly<Record<string, () => void>> = {
      '+': () => this.zoom(step),
      '=': () => this.zoom(step),
      '-': () => this.zoom(1 / step),
      '0': () => this.fit(),
      Home: () => this.fit(),
      l: () => this.#events.tool(),
      L: () => this.#events.tool(),
      Enter: () => focus !== undefined && this.#events.opened(focus),
    };
    const work = keys[event.key];
    if (work) work();
    else if (!this.#arrow(event.key)) return;
    event.preventDefault();
  }

  /** Returns whether the key is an arrow. */
  #arrow(key: string): boolean {
    const { points, focus } = this.#scene;
    const to = this.#transform;
    if (!key.startsWith('Arrow') || !points || !to) return false;
    const places = { positions: points.positions, states: points.look.states };
    const next = stepTo(key, places, focus, { to, size: this.#size });
    if (next !== undefined) this.#events.focused(next);
    return true;
  }
}

/** Points that spread are followed at once: none is lost out of sight. Nor does a new layout begin as a speck in the old one's place. */
function isOther(to: Bounds, from: Bounds): boolean {
  const spreads = to.halfWidth > from.halfWidth || to.halfHeight > from.halfHeight;
  return spreads || (to.halfWidth < from.halfWidth / 2 && to.halfHeight < from.halfHeight / 2);
}

function prefersStill(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
