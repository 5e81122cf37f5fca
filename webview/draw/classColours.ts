import { colorIndex, colorTable } from '../../src/shared/colorMaps.ts';

/** sRGB bytes. */
export type Rgb = readonly [number, number, number];

/** The editor's colours as the map needs them. */
export interface MapTheme {
  dark: boolean;
  paper: Rgb;
  ink: Rgb;
  accent: Rgb;
}

/**
 * Colours of classes, in an order in which each is as far as can be (OKLab) from those before it and from grey, for normal sight and for
 * protanopes and deuteranopes (Machado et al. 2009); at least 3 : 1 against the paper. The first ones are Okabe and Ito's.
 */
const dark = colours(
  '56b4e9 e69f00 f0e442 964be1 ffd2f0 e13c0f 00d296 2d873c 78ffa5 8787ff f05ab4 78a569 b44ba5 b4c3ff ffa5c3 b4d269 0096d2 4bd2d2 c3872d b4695a',
);
const light = colours(
  '0072b2 d57d00 870000 5a0f96 a578ff d21e2d 004b5a 00784b 5a5af0 964b87 1e3cc3 c378b4 4ba55a 960069 7878d2 696900 4b4b96 692d3c 5a96d2 5a875a',
);

/** More classes than this are not told apart by colour. */
export const distinct = dark.length;

export function classColour(at: number, theme: Pick<MapTheme, 'dark'>): Rgb {
  return (theme.dark ? dark : light)[at % distinct] as Rgb;
}

/** What has no class, no label, no prediction. */
export function noColour(theme: Pick<MapTheme, 'dark'>): Rgb {
  return theme.dark ? [128, 128, 128] : [140, 140, 140];
}

export function rightColour(theme: Pick<MapTheme, 'dark'>): Rgb {
  return classColour(0, theme);
}

export function wrongColour(theme: Pick<MapTheme, 'dark'>): Rgb {
  return classColour(1, theme);
}

/** Viridis without the end that the paper swallows. `share` 0..1: from the low to the high end. */
export function rampColour(share: number, theme: Pick<MapTheme, 'dark'>): Rgb {
  const t = theme.dark ? 0.2 + 0.8 * share : 0.82 * share;
  const i = 3 * colorIndex(t);
  const table = colorTable('viridis');
  return [table[i] as number, table[i + 1] as number, table[i + 2] as number];
}

export function css([r, g, b]: Rgb): string {
  return `rgb(${r} ${g} ${b})`;
}

export const anyTheme: MapTheme = { dark: true, paper: [18, 19, 20], ink: [200, 200, 200], accent: [41, 122, 160] };

/** The colours that hold at an element of the page. */
export function themeOf(element: Element): MapTheme {
  const style = getComputedStyle(element);
  const pen = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const read = (name: string, or: Rgb): Rgb => {
    const value = style.getPropertyValue(name).trim();
    if (!pen || value === '') return or;
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = value;
    pen.fillRect(0, 0, 1, 1);
    const [r = 0, g = 0, b = 0] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b];
  };
  const paper = read('--paper', anyTheme.paper);
  const [r, g, b] = paper;
  return {
    dark: 0.299 * r + 0.587 * g + 0.114 * b < 128,
    paper,
    ink: read('--ink', anyTheme.ink),
    accent: read('--focus', anyTheme.accent),
  };
}

function colours(hex: string): readonly Rgb[] {
  return hex.split(' ').map((each) => [0, 2, 4].map((i) => Number.parseInt(each.slice(i, i + 2), 16)) as unknown as Rgb);
}
