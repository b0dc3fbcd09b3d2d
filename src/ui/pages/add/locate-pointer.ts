// Where in a text of JSON the value of a pointer stands.
import { jsonLanguage } from "@codemirror/lang-json";
import type { SyntaxNode, Tree } from "@lezer/common";

export interface Place {
  from: number;
  to: number;
}

export const parseJsonTree = (text: string): Tree => jsonLanguage.parser.parse(text);

/** The place of a JSON pointer (RFC 6901), or of the nearest value around it that is there. */
export function locatePointer(tree: Tree, text: string, pointer: string): Place {
  let node = tree.topNode.firstChild;
  for (const name of pointer.split("/").slice(1)) {
    const key = name.replaceAll("~1", "/").replaceAll("~0", "~");
    const child = node && childOf(node, text, key);
    if (!child) break;
    node = child;
  }
  if (node === null) return { from: 0, to: text.length };
  // All of a large value in red would hide the rest.
  const isLarge = node.name === "Object" || node.name === "Array";
  return { from: node.from, to: isLarge ? Math.min(node.from + 1, text.length) : node.to };
}

function childOf(node: SyntaxNode, text: string, key: string): SyntaxNode | null {
  if (node.name === "Array") return valuesOf(node)[Number(key)] ?? null;
  for (const property of node.getChildren("Property")) {
    const name = property.getChild("PropertyName");
    if (name && readString(text.slice(name.from, name.to)) === key) return property.lastChild;
  }
  return null;
}

function valuesOf(array: SyntaxNode): SyntaxNode[] {
  const values: SyntaxNode[] = [];
  for (let child = array.firstChild; child; child = child.nextSibling)
    if (!["[", "]", ","].includes(child.name) && !child.type.isError) values.push(child);
  return values;
}

function readString(text: string): string {
  try {
    return JSON.parse(text) as string;
  } catch {
    return text;
  }
}

/** The first place that is not JSON. */
export function locateSyntaxError(tree: Tree, text: string): Place {
  let place: Place = { from: Math.max(0, text.length - 1), to: text.length };
  let isFound = false;
  tree.iterate({
    enter(node) {
      if (isFound || !node.type.isError) return;
      isFound = true;
      place = {
        from: Math.max(0, Math.min(node.from, text.length - 1)),
        to: Math.max(node.to, node.from + 1),
      };
    },
  });
  return { from: place.from, to: Math.min(place.to, text.length) };
}
