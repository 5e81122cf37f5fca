import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';

/** Where the value that a JSON pointer (RFC 6901) names stands in a text; undefined: nowhere. */
export function jsonPlace(text: string, pointer: string): { offset: number; length: number } | undefined {
  let node: Node | undefined = parseTree(text);
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    node = node && findNodeAtLocation(node, [node.type === 'array' ? Number(name) : name]);
  }
  return node && { offset: node.offset, length: node.length };
}
