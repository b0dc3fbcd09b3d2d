import type { ImportReport } from "../../../contract/imports.ts";
import type { Trace11 } from "../../../contract/trace.ts";
import { formatCount, formatPlural } from "../../text/figures.ts";
import { typeColour } from "../../transcript/step-colour.ts";
import classes from "./TracePreview.module.css";

/** What would come of the first records. */
export function TracePreview({ report }: { report: ImportReport }) {
  const traces = (report.preview ?? []) as Trace11[];
  const { unmatched = [] } = report;
  const [fault] = report.errors;
  return (
    <section className={classes.preview} aria-label="Preview">
      {traces.length > 0 && <h3>The first traces would be</h3>}
      {traces.map((trace, at) => (
        <article key={at} className={classes.trace}>
          <p className={classes.prompt}>{trace.prompt}</p>
          <ol className={classes.steps}>
            {trace.steps.slice(0, 4).map((step) => (
              <li key={step.i} style={{ borderColor: typeColour(step.type) }}>
                <span>{step.type}</span> {step.content.slice(0, 160)}
              </li>
            ))}
          </ol>
          <p className={classes.end}>
            {formatPlural(trace.steps.length, "step")}
            {trace.final_answer !== null && <> · answer {trace.final_answer.slice(0, 120)}</>}
            {trace.reference && <> · reference {trace.reference.answer.slice(0, 60)}</>}
          </p>
        </article>
      ))}
      {unmatched.length > 0 && (
        <p className={classes.fault}>
          None of the first records has what the map says in <code>{unmatched.join(", ")}</code>
        </p>
      )}
      {fault && (
        <p className={classes.fault}>
          {formatCount(report.rejected)} of the first {formatPlural(report.records, "record")} would be
          rejected. Line {fault.line}: {fault.message}
        </p>
      )}
    </section>
  );
}
