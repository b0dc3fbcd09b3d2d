// Colours for code, in the languages that traces hold most.
import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import cpp from "highlight.js/lib/languages/cpp";
import java from "highlight.js/lib/languages/java";
import javascript from "highlight.js/lib/languages/javascript";
import json from "highlight.js/lib/languages/json";
import plaintext from "highlight.js/lib/languages/plaintext";
import python from "highlight.js/lib/languages/python";
import rust from "highlight.js/lib/languages/rust";
import sql from "highlight.js/lib/languages/sql";
import typescript from "highlight.js/lib/languages/typescript";
import xml from "highlight.js/lib/languages/xml";

const languages = { bash, cpp, java, javascript, json, plaintext, python, rust, sql, typescript, xml };
for (const [name, language] of Object.entries(languages)) hljs.registerLanguage(name, language);

/** Longer code stays plain: colouring would hold up the page. */
const MAX_COLOURED = 20_000;

/** HTML of code: escaped, with spans that carry classes. */
export function highlight(text: string, language: string | undefined): string {
  const name = language?.trim().split(/\s/)[0]?.toLowerCase() ?? "";
  const known = hljs.getLanguage(name) !== undefined && text.length <= MAX_COLOURED;
  return hljs.highlight(text, { language: known ? name : "plaintext", ignoreIllegals: true }).value;
}
