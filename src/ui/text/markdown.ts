// Markdown with mathematics and code, as models write them, to safe nodes. Loaded only where traces are read.
// Tags are shown as the text they are: what a model wrote must be seen.
import "katex/dist/katex.min.css";
import DOMPurify from "dompurify";
import katex from "katex";
import { Marked, type TokenizerAndRendererExtension, type Tokens } from "marked";
import { highlight } from "./code.ts";
import { type MathSpan, mathAtStart, mathStart } from "./math.ts";

interface MathToken extends Tokens.Generic, MathSpan {}

const renderMath = (token: Tokens.Generic): string => {
  const { tex, isDisplay } = token as MathToken;
  const tag = isDisplay ? "div" : "span";
  return `<${tag} class="math" data-tex="${escapeHtml(tex)}"></${tag}>`;
};

const blockMath: TokenizerAndRendererExtension = {
  name: "blockMath",
  level: "block",
  start: (text) => text.match(/^ {0,3}(?:\$\$|\\\[|\\begin\{)/m)?.index,
  tokenizer(text) {
    const indent = /^ {0,3}/.exec(text)?.[0] ?? "";
    const span = mathAtStart(text.slice(indent.length));
    if (!span?.isDisplay) return undefined;
    return { type: "blockMath", ...span, raw: indent + span.raw };
  },
  renderer: renderMath,
};

const inlineMath: TokenizerAndRendererExtension = {
  name: "inlineMath",
  level: "inline",
  start(text) {
    const at = mathStart(text);
    return at === -1 ? undefined : at;
  },
  tokenizer(text) {
    const span = mathAtStart(text);
    return span && { type: "inlineMath", ...span };
  },
  renderer: renderMath,
};

const marked = new Marked({
  gfm: true,
  breaks: true,
  extensions: [blockMath, inlineMath],
  tokenizer: {
    // Indented prose is not code.
    code: () => undefined,
    // 2*3*4 is a product.
    emStrong: (_text, _masked, before) => (/\w/.test(before ?? "") ? undefined : false),
    // One tilde means about.
    del: (text) => (text.startsWith("~~") ? false : undefined),
  },
  renderer: {
    html: ({ text }) => escapeHtml(text),
    // Nothing is fetched from elsewhere; a picture is a link to it.
    image: ({ href, text }) => `<a href="${escapeHtml(href)}">${escapeHtml(text || href)}</a>`,
    code: ({ text, lang }) => `<pre tabindex="0"><code>${highlight(text, lang)}</code></pre>`,
  },
});

const MAX_CACHED = 400;
const cache = new Map<string, DocumentFragment>();

/** The nodes for a text; each call gets nodes of its own. */
export function renderMarkdown(text: string): DocumentFragment {
  const known = cache.get(text);
  if (known !== undefined) {
    // The one used last goes to the end: what was not used for longest goes first.
    cache.delete(text);
    cache.set(text, known);
    return known.cloneNode(true) as DocumentFragment;
  }
  const nodes = DOMPurify.sanitize(marked.parse(text, { async: false }), {
    RETURN_DOM_FRAGMENT: true,
    FORBID_TAGS: ["style", "form", "input", "img"],
    FORBID_ATTR: ["style", "id", "name"],
  });
  for (const place of nodes.querySelectorAll<HTMLElement>(".math")) typeset(place);
  for (const link of nodes.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noopener noreferrer nofollow";
  }
  cache.set(text, nodes);
  if (cache.size > MAX_CACHED) cache.delete(cache.keys().next().value as string);
  return nodes.cloneNode(true) as DocumentFragment;
}

/** KaTeX sets its styles node by node here; as HTML they would be attributes, which the page's policy forbids. */
function typeset(place: HTMLElement): void {
  katex.render(place.dataset.tex ?? "", place, {
    displayMode: place.tagName === "DIV",
    throwOnError: false,
    strict: "ignore",
    trust: false,
    maxSize: 50,
    maxExpand: 1_000,
  });
  // A wide formula scrolls, with the keyboard as well.
  if (place.tagName === "DIV") place.tabIndex = 0;
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
