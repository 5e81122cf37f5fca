import type { Rgb } from '../../draw/classColours.ts';
import { dimmed, faint, selected, wrong } from '../../draw/pointState.ts';
import { type Painter, type Points, ringOf, type Sight } from './painter.ts';

// One point is one vertex. deck.gl's layer of the same draws a quad for each, which a machine without a graphics card feels: a remote
// editor, a virtual machine.
const vertex = `#version 300 es
in vec2 position;
in vec4 colour;
in float state;
uniform vec2 scale;
uniform vec2 offset;
uniform float radius;
uniform float ring;
uniform float density;
uniform vec3 ink;
out vec4 disc;
out vec4 edge;
out vec2 radii;

bool has(int bit) { return (int(state) & bit) != 0; }

void main() {
  gl_Position = vec4(position * scale + offset, 0, 1);
  float alpha = has(${faint}) ? 0.13 : has(${dimmed}) ? 0.3 : 1.0;
  float width = has(${wrong}) && !has(${faint}) ? ring : 0.0;
  float inner = radius * (has(${selected}) ? 1.25 : 1.0);
  disc = vec4(colour.rgb, alpha);
  edge = vec4(ink, width > 0.0 ? alpha : 0.0);
  radii = vec2(inner, inner + width) * density;
  gl_PointSize = 2.0 * radii.y + 1.0;
}`;

const fragment = `#version 300 es
precision highp float;
in vec4 disc;
in vec4 edge;
in vec2 radii;
out vec4 result;

void main() {
  float far = length(gl_PointCoord - 0.5) * (2.0 * radii.y + 1.0);
  float inside = clamp(radii.x - far + 0.5, 0.0, 1.0);
  float cover = clamp(radii.y - far + 0.5, 0.0, 1.0);
  if (cover <= 0.0) discard;
  vec4 colour = mix(edge.a > 0.0 ? edge : disc, disc, inside);
  float alpha = colour.a * cover;
  result = vec4(colour.rgb * alpha, alpha);
}`;

const attributes = ['position', 'colour', 'state'] as const;
const uniforms = ['scale', 'offset', 'radius', 'ring', 'density', 'ink'] as const;

interface Made {
  at: Record<(typeof uniforms)[number], WebGLUniformLocation | null>;
  buffers: Record<(typeof attributes)[number] | 'order', WebGLBuffer | null>;
}

/** With WebGL 2: a hundred thousand points in one call. The graphics card may be lost and come back. */
export class WebglPainter implements Painter {
  readonly canvas: HTMLCanvasElement;
  readonly #gl: WebGL2RenderingContext;
  #made: Made | undefined;
  /** What the buffers hold. */
  #held: Partial<Points> = {};

  /** Throws where there is no WebGL 2. `onRestored`: all has to be drawn anew. */
  constructor(canvas: HTMLCanvasElement, onRestored: () => void) {
    const gl = canvas.getContext('webgl2', { antialias: false, depth: false, powerPreference: 'high-performance' });
    if (!gl) throw new Error('There is no WebGL 2.');
    this.canvas = canvas;
    this.#gl = gl;
    this.#made = this.#make();
    canvas.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.#made = undefined;
      this.#held = {};
    });
    canvas.addEventListener('webglcontextrestored', () => {
      this.#made = this.#make();
      onRestored();
    });
  }

  draw(points: Points | undefined, sight: Sight): void {
    const gl = this.#gl;
    const made = this.#made;
    if (!made || gl.isContextLost()) return;
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    if (!points || points.look.order.length === 0) return;
    this.#upload(points, made);
    this.#look(sight, made);
    gl.drawElements(gl.POINTS, points.look.order.length, gl.UNSIGNED_INT, 0);
  }

  #make(): Made {
    const gl = this.#gl;
    const program = gl.createProgram();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, vertex],
      [gl.FRAGMENT_SHADER, fragment],
    ] as const) {
      const shader = gl.createShader(kind);
      if (!shader) throw new Error('The graphics card makes no shader.');
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    attributes.forEach((name, place) => {
      gl.bindAttribLocation(program, place, name);
    });
    gl.linkProgram(program);
    // A context that was lost meanwhile links nothing, and comes back later.
    if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost())
      throw new Error(`The shaders do not link: ${gl.getProgramInfoLog(program)}`);
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    const at = Object.fromEntries(uniforms.map((name) => [name, gl.getUniformLocation(program, name)])) as Made['at'];
    const buffers = Object.fromEntries([...attributes, 'order'].map((name) => [name, gl.createBuffer()])) as Made['buffers'];
    this.#attribute(buffers.position, 0, 2, gl.FLOAT, false);
    this.#attribute(buffers.colour, 1, 4, gl.UNSIGNED_BYTE, true);
    this.#attribute(buffers.state, 2, 1, gl.UNSIGNED_BYTE, false);
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, buffers.order);
    return { at, buffers };
  }

  #attribute(buffer: WebGLBuffer | null, place: number, size: number, type: number, normalised: boolean): void {
    const gl = this.#gl;
    gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, type, normalised, 0, 0);
  }

  #upload({ positions, colours, look }: Points, { buffers }: Made): void {
    const gl = this.#gl;
    const held = this.#held;
    const fill = (buffer: WebGLBuffer | null, data: Float32Array | Uint8Array) => {
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer);
      gl.bufferData(gl.ARRAY_BUFFER, data, gl.DYNAMIC_DRAW);
    };
    if (held.positions !== positions) fill(buffers.position, positions);
    if (held.colours !== colours) fill(buffers.colour, colours);
    if (held.look !== look) {
      fill(buffers.state, look.states);
      gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, look.order, gl.DYNAMIC_DRAW);
    }
    this.#held = { positions, colours, look };
  }

  #look({ transform, width, height, radius, density, theme }: Sight, { at }: Made): void {
    const gl = this.#gl;
    const { scale, left, top } = transform;
    gl.uniform2f(at.scale, (2 * scale) / width, (2 * scale) / height);
    gl.uniform2f(at.offset, (2 * left) / width - 1, 1 - (2 * top) / height);
    gl.uniform1f(at.radius, radius);
    gl.uniform1f(at.ring, ringOf(radius));
    gl.uniform1f(at.density, density);
    gl.uniform3f(at.ink, ...share(theme.ink));
  }
}

function share([r, g, b]: Rgb): [number, number, number] {
  return [r / 255, g / 255, b / 255];
}
