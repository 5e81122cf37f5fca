import { colorIndex, colorTable } from '../../../src/shared/colorMaps.ts';

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
 * protanopes and deuteranopes (Machado et al. 2009); at least 3 : 1 against the paper. The first three are Okabe and Ito's.
 */
const dark = colours(
  '56b4e9 e69f00 f0e442 785ae1 e14b0f 00d2a5 f087d2 78ffff 2d874b b49669 6987d2 b4d269 a5d2ff b478ff 2d78a5 69a5a5 69ffa5 b4b469 e17800 0ff0d2',
);
const light = colours(
  '0072b2 d57d00 5a0f1e 5a5ae1 00694b a52d00 f05aa5 1e0f96 3ca55a 785a87 a5691e 1e4b69 c31e4b 3c96c3 7887ff 4b0f69 870000 3c3cb4 781e4b 3c3c87',
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
