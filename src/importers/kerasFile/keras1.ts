import type { Json } from '../keras/json.ts';
export function isKeras1(_version: string): boolean {
  return false;
}
export function modernised(config: Json | undefined): Json | undefined {
  return config;
}
