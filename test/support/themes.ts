export type Theme = 'light' | 'dark' | 'high contrast' | 'high contrast light';

/** The themes VS Code ships with: their name in the settings, and the class the window gets. */
export const themeNames: Record<Theme, { label: string; cssClass: string }> = {
  light: { label: 'Light 2026', cssClass: 'vs' },
  dark: { label: 'Dark 2026', cssClass: 'vs-dark' },
  'high contrast': { label: 'Default High Contrast', cssClass: 'hc-black' },
  'high contrast light': { label: 'Default High Contrast Light', cssClass: 'hc-light' },
};
