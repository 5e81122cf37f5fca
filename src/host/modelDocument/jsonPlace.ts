import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

/** Where a value stands in a text. */
export interface JsonPlace {
  offset: number;
  length: number;
}

/** Finds the values that JSON pointers (RFC 6901) name in a text, minified or not; undefined: there is none. */
export function jsonPlaces(text: string): (pointer: string) => JsonPlace | undefined {
  const root = parseTree(text);
  return (pointer) => {
    let node: Node | undefined = root;
    for (const part of pointer.split('/').slice(1)) {
      const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
      node = node && findNodeAtLocation(node, [node.type === 'array' ? Number(name) : name]);
    }
    return node && { offset: node.offset, length: node.length };
  };
}
