// An editor for JSON. It lives in a shadow root: there its styles are adopted sheets, which the page's policy allows,
// where in the page itself they would be style tags.
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { bracketMatching, foldGutter, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { useEffect, useRef } from "react";
import classes from "./JsonEditor.module.css";

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: "var(--accent)" },
  { tag: tags.string, color: "var(--ink)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--warn)" },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: "var(--ink-faint)" },
]);

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink)", backgroundColor: "var(--surface)", fontSize: "13px" },
  ".cm-scroller": { fontFamily: "var(--font-mono)", lineHeight: "1.55" },
  ".cm-gutters": {
    color: "var(--ink-faint)",
    backgroundColor: "var(--surface-sunk)",
    borderColor: "var(--line)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--surface-hover) 50%, transparent)" },
  "&.cm-focused": { outline: "none" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "var(--surface-chosen)",
  },
  ".cm-foldPlaceholder": {
    color: "var(--ink-soft)",
    backgroundColor: "var(--surface-sunk)",
    borderColor: "var(--line)",
  },
  ".cm-tooltip": {
    color: "var(--ink)",
    backgroundColor: "var(--surface-raised)",
    borderColor: "var(--line-strong)",
  },
  ".cm-diagnostic": { fontFamily: "var(--font-text)" },
  // The editor's own marks are pictures by data: addresses, which the page's policy refuses.
  ".cm-lintRange-error": {
    backgroundImage: "none",
    textDecoration: "underline wavy var(--bad) 1px",
    textDecorationSkipInk: "none",
  },
  ".cm-lint-marker-error": {
    boxSizing: "border-box",
    content: "normal",
    border: "0.25em solid transparent",
    borderRadius: "50%",
    background: "var(--bad) padding-box",
  },
});

interface JsonEditorProps {
  /** The text to begin with, or to show; another one replaces what stands there. */
  text: string;
  label: string;
  /** Without it the text can only be read. */
  onChange?(text: string): void;
  /** Faults to mark at their places. */
  faults?: readonly Diagnostic[];
}

export function JsonEditor({ text, label, onChange, faults }: JsonEditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const change = useRef(onChange);
  useEffect(() => {
    change.current = onChange;
  });
  const isReadOnly = onChange === undefined;
  useEffect(() => {
    if (host.current === null) return;
    const root = host.current.shadowRoot ?? host.current.attachShadow({ mode: "open" });
    const editor = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        extensions: [
          lineNumbers(),
          foldGutter(),
          history(),
          drawSelection(),
          bracketMatching(),
          highlightActiveLine(),
          json(),
          syntaxHighlighting(colours),
          look,
          keymap.of([...defaultKeymap, ...historyKeymap]),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0" }),
          isReadOnly ? [EditorState.readOnly.of(true)] : lintGutter(),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) change.current?.(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, [isReadOnly, label]);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);
  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || faults === undefined) return;
    const { length } = editor.state.doc;
    // They may be of a text that was longer.
    const inside = faults.filter(({ to }) => to <= length);
    editor.dispatch(setDiagnostics(editor.state, inside));
  }, [faults]);
  return <div ref={host} className={classes.host} data-takes-keys="" />;
}
