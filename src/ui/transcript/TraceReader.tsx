// A trace with all it takes to read it: outline, transcript, find bar, folding, keys.
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react";
import type { Score, Trace11 } from "../../contract/trace.ts";
import { useKeys } from "../keyboard/use-keys.ts";
import { oneOf, usePreference } from "../preferences/use-preference.ts";
import { useMarkdown } from "../text/use-markdown.ts";
import { copyText } from "./copy-text.ts";
import { FindBar } from "./FindBar.tsx";
import { findHits } from "./find-hits.ts";
import { Outline } from "./Outline.tsx";
import { ReaderTools } from "./ReaderTools.tsx";
import { isLong } from "./rows.ts";
import { type Section, toSections } from "./sections.ts";
import classes from "./TraceReader.module.css";
import { Transcript, type TranscriptHandle } from "./Transcript.tsx";

const NONE: ReadonlySet<string> = new Set();

interface TraceReaderProps {
  trace: Trace11;
  scores: readonly Score[];
  /** What is looked for; undefined while the find bar is closed. */
  find: string | undefined;
  onFind(words: string | undefined): void;
  /** The section to begin at, by its key. */
  start?: string | undefined;
  /** A small part of a page: without outline, and without the keys that move through steps. */
  isPeek?: boolean;
}

export function TraceReader({ trace, scores, find, onFind, start, isPeek = false }: TraceReaderProps) {
  const sections = useMemo(() => toSections(trace), [trace]);
  const [unfolded, setUnfolded] = useState(NONE);
  const [active, setActive] = useState(0);
  const [mode, setMode] = usePreference("text-mode", "markdown", oneOf("markdown", "plain"));
  const { render, isLoading } = useMarkdown();
  const handle = useRef<TranscriptHandle>(null);
  const toggleFold = useCallback(
    (key: string) => setUnfolded((keys) => (keys.has(key) ? without(keys, key) : new Set([...keys, key]))),
    [],
  );
  const toggleAll = () =>
    setUnfolded((keys) => (keys.size > 0 ? NONE : new Set(sections.filter(isLong).map(({ key }) => key))));

  const words = useDeferredValue(find ?? "");
  const hits = useMemo(() => findHits(sections, words), [sections, words]);
  const [hitAt, setHitAt] = useState(0);
  const hit = hits[Math.min(hitAt, hits.length - 1)];
  useEffect(() => setHitAt(0), [words]);
  const hitSection = hit && sections[hit.at];
  useEffect(() => {
    if (hit === undefined || hitSection === undefined) return;
    // A hit may lie in what is folded away.
    if (isLong(hitSection)) setUnfolded((keys) => new Set([...keys, hitSection.key]));
    const frame = requestAnimationFrame(() => handle.current?.showHit(hit));
    return () => cancelAnimationFrame(frame);
  }, [hit, hitSection]);
  const move = (by: 1 | -1) =>
    setHitAt((at) => (Math.min(at, hits.length - 1) + by + hits.length) % hits.length);

  const show = useCallback((at: number) => handle.current?.showSection(at), []);
  useEffect(() => {
    const at = sections.findIndex(({ key }) => key === start);
    if (at !== -1 && !isLoading) show(at);
  }, [sections, start, show, isLoading]);

  // Keys may come faster than the page scrolls.
  const target = useRef(0);
  useEffect(() => {
    target.current = active;
  }, [active]);
  const goBy = (by: 1 | -1) => {
    target.current = Math.max(0, Math.min(target.current + by, sections.length - 1));
    show(target.current);
  };
  const pressedG = useRef(0);
  const [isFinding, setFinding] = useState(find !== undefined);
  useKeys({
    "Ctrl+f": () => setFinding(true),
    e: toggleAll,
    m: () => setMode(mode === "plain" ? "markdown" : "plain"),
    ...(!isPeek && {
      "/": () => setFinding(true),
      j: () => goBy(1),
      k: () => goBy(-1),
      G: () => handle.current?.scrollToEnd(),
      g: ({ timeStamp }) => {
        if (timeStamp - pressedG.current < 600) show(0);
        pressedG.current = timeStamp;
        return false;
      },
      y: () => copyText(asText(sections)),
    }),
  });

  return (
    <div className={classes.reader} data-peek={isPeek}>
      {!isPeek && sections.length > 2 && (
        <div className={classes.outline}>
          <Outline sections={sections} scores={scores} active={active} onChoose={show} />
        </div>
      )}
      <div className={classes.main}>
        <ReaderTools
          isPlain={mode === "plain"}
          onPlain={(isPlain) => setMode(isPlain ? "plain" : "markdown")}
          hasLong={sections.some(isLong)}
          isUnfolded={unfolded.size > 0}
          onToggleAll={toggleAll}
          onFind={() => setFinding(true)}
          onEnd={() => handle.current?.scrollToEnd()}
          onCopy={() => copyText(asText(sections))}
        />
        {isFinding && (
          <FindBar
            words={find ?? ""}
            onWords={onFind}
            count={hits.length}
            now={Math.max(0, Math.min(hitAt, hits.length - 1))}
            onMove={(by) => hits.length > 0 && move(by)}
            onClose={() => {
              setFinding(false);
              onFind(undefined);
            }}
          />
        )}
        {/* Prose that appears before its renderer would jump. */}
        {!isLoading && (
          <Transcript
            sections={sections}
            scores={scores}
            render={mode === "plain" ? undefined : render}
            unfolded={unfolded}
            onToggleFold={toggleFold}
            find={{ words, now: hit }}
            onActive={setActive}
            handle={handle}
          />
        )}
      </div>
    </div>
  );
}

function without<T>(values: ReadonlySet<T>, gone: T): Set<T> {
  return new Set([...values].filter((value) => value !== gone));
}

/** The whole trace as plain text, as one would paste it into a message. */
function asText(sections: readonly Section[]): string {
  return sections
    .map(({ label, step, text }) => `[${step ? `${step.i} ` : ""}${label}]\n${text}`)
    .join("\n\n");
}
