// Marks what was found, by ranges beside the document: the text's own nodes stay as they are.
import type { VirtualItem } from "@tanstack/react-virtual";
import { type RefObject, useEffect } from "react";
import { type Hit, toPattern } from "./find-hits.ts";
import type { Row } from "./rows.ts";

interface Find {
  words: string;
  now: Hit | undefined;
}

export function useHighlights(
  scroller: RefObject<HTMLElement | null>,
  rows: readonly Row[],
  items: readonly VirtualItem[],
  find: Find | undefined,
): void {
  const words = find?.words ?? "";
  const now = find?.now;
  useEffect(() => {
    if (words === "" || scroller.current === null || CSS.highlights === undefined) return;
    const pattern = toPattern(words);
    const found: Range[] = [];
    let current: Range | undefined;
    for (const { index } of items) {
      const row = rows[index];
      const place = scroller.current.querySelector(`[data-index="${index}"] [data-text]`);
      if (row === undefined || place === null) continue;
      const ranges = rangesIn(place, pattern);
      const ordinal = now === undefined ? -1 : ordinalOf(now, row, pattern);
      current ??= ranges[ordinal];
      found.push(...ranges.filter((range) => range !== current));
    }
    CSS.highlights.set("found", new Highlight(...found));
    CSS.highlights.set("found-now", new Highlight(...(current ? [current] : [])));
    return () => {
      CSS.highlights.delete("found");
      CSS.highlights.delete("found-now");
    };
  }, [scroller, rows, items, words, now]);

  // A hit deep in a tall row has to be brought into view after its row was.
  useEffect(() => {
    if (now === undefined) return;
    const timer = setTimeout(() => {
      const [range] = [...(CSS.highlights?.get("found-now") ?? [])] as Range[];
      const view = scroller.current;
      if (range === undefined || view === null) return;
      const { top, bottom } = range.getBoundingClientRect();
      const frame = view.getBoundingClientRect();
      if (top < frame.top + 40 || bottom > frame.bottom - 40)
        view.scrollBy({ top: top - frame.top - frame.height / 3 });
    }, 80);
    return () => clearTimeout(timer);
  }, [scroller, now]);
}

/** Which of a row's hits it is, counted from 0; -1 when it is in another row. */
function ordinalOf({ at, from }: Hit, row: Row, pattern: RegExp): number {
  if (row.at !== at || from < row.from || from >= row.from + Math.max(row.text.length, 1)) return -1;
  return [...row.text.slice(0, from - row.from).matchAll(pattern)].length;
}

/** Where the pattern stands in the text that is seen, across the borders of nodes. */
function rangesIn(place: Element, pattern: RegExp): Range[] {
  const walker = document.createTreeWalker(place, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement?.closest(".katex-mathml") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
  );
  const nodes: { node: Node; from: number }[] = [];
  let text = "";
  while (walker.nextNode()) {
    nodes.push({ node: walker.currentNode, from: text.length });
    text += walker.currentNode.nodeValue ?? "";
  }
  const locate = (offset: number) => nodes.findLast(({ from }) => from <= offset) ?? { node: place, from: 0 };
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => {
    const range = new Range();
    const start = locate(index);
    const end = locate(index + length - 1);
    range.setStart(start.node, index - start.from);
    range.setEnd(end.node, index + length - end.from);
    return range;
  });
}
