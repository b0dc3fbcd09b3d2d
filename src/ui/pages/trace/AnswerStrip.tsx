import type { Trace11 } from "../../../contract/trace.ts";
import { findBoxed } from "../../text/boxed.ts";
import classes from "./AnswerStrip.module.css";

/** The answer beside the one known to be right, always in view where there is one. */
export function AnswerStrip({ trace: { final_answer, reference, generation } }: { trace: Trace11 }) {
  if (!reference) return null;
  const boxed = findBoxed(final_answer ?? "");
  const isSame = [final_answer, boxed].some((answer) => answer?.trim() === reference.answer.trim());
  const ending = generation?.finish_reason === "length" ? "none: cut off at the token limit" : "none";
  return (
    <dl className={classes.strip}>
      <div>
        <dt>Answer</dt>
        <dd>{final_answer ?? <em>{ending}</em>}</dd>
      </div>
      <div>
        <dt>Reference{reference.kind ? ` (${reference.kind})` : ""}</dt>
        <dd>{reference.answer}</dd>
      </div>
      {final_answer !== null && (
        <div className={classes.verdict} data-same={isSame}>
          <dt>Compared</dt>
          <dd>
            {isSame ? "the same text" : "not the same text"}
            {boxed !== undefined && " in the box"}
          </dd>
        </div>
      )}
    </dl>
  );
}
