// Chooses what to compare with: another sample of the same prompt, or any trace by its id.
import { Button, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import type { TraceItem } from "../../../contract/pages.ts";
import { tracePage } from "../../api/traces.ts";
import { ErrorNotice } from "../../notices/ErrorNotice.tsx";
import { formatInstant, formatPlural, formatScore } from "../../text/figures.ts";
import classes from "./TracePicker.module.css";

const route = getRouteApi("/compare");

export function TracePicker({ base }: { base: string | undefined }) {
  const navigate = route.useNavigate();
  const [ids, setIds] = useState({ base: base ?? "", other: "" });
  const [faults, setFaults] = useState<Record<string, string>>({});
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const found = { base: readId(ids.base), other: readId(ids.other) };
    setFaults(
      Object.fromEntries(
        Object.entries(found)
          .filter(([, id]) => id === undefined)
          .map(([name]) => [name, "Not the id of a trace, nor its address"]),
      ),
    );
    if (found.base !== undefined && found.other !== undefined)
      navigate({ search: (now) => ({ ...now, ...found }) });
  };
  const field = (name: "base" | "other", label: string) => (
    <TextInput
      label={label}
      placeholder="its id, or its address"
      value={ids[name]}
      error={faults[name]}
      onChange={(event) => setIds({ ...ids, [name]: event.currentTarget.value })}
    />
  );
  return (
    <div className={classes.page}>
      <div className={classes.sheet}>
        <h1>Compare two traces</h1>
        <form onSubmit={submit} className={classes.form}>
          {field("base", "Base")}
          {field("other", "Other")}
          <Button type="submit">Compare</Button>
        </form>
        <p className={classes.hint}>
          Or select two in the <Link to="/traces">list of traces</Link> and press <kbd>c</kbd>.
        </p>
        {base !== undefined && <OtherSamples base={base} />}
      </div>
    </div>
  );
}

/** Other answers to the same prompt: of its run, if it is of one. */
function OtherSamples({ base }: { base: string }) {
  const own = useQuery(tracePage({ id: [base] }, undefined));
  const trace = own.data?.data[0];
  const samples = useQuery({
    ...tracePage(
      { group: trace?.group ?? "", ...(trace?.run != null && { run: trace.run }), sort: "oldest" },
      undefined,
    ),
    enabled: trace !== undefined,
  });
  const error = own.error ?? samples.error;
  if (error) {
    const retry = () => (own.error ? own.refetch() : samples.refetch());
    return <ErrorNotice title="Its other samples could not be listed" error={error} onRetry={retry} />;
  }
  if (own.data !== undefined && trace === undefined) return <p>There is no trace with this id.</p>;
  const others = samples.data?.data.filter(({ id }) => id !== base);
  if (others === undefined) return <p className={classes.hint}>Looking for other samples of its prompt …</p>;
  if (others.length === 0) return <p className={classes.hint}>There is no other sample of its prompt.</p>;
  return (
    <section>
      <h2>Other samples of its prompt</h2>
      <ul className={classes.samples}>
        {others.map((sample) => (
          <li key={sample.id}>
            <Link to="/compare" search={{ base, other: sample.id }}>
              {sample.answer_excerpt?.trim() || "no answer"}
            </Link>
            <span>{aboutOf(sample)}</span>
          </li>
        ))}
      </ul>
      {samples.data?.pagination.next_cursor != null && (
        <p className={classes.hint}>The first hundred; the list of traces finds the others by their group.</p>
      )}
    </section>
  );
}

function aboutOf({ run, train_step, sample_index, reward, step_count, created_at }: TraceItem): string {
  return [
    run,
    train_step === null ? null : `step ${train_step}`,
    sample_index === null ? null : `sample ${sample_index}`,
    reward === null ? null : `reward ${formatScore(reward)}`,
    formatPlural(step_count, "step"),
    formatInstant(created_at),
  ]
    .filter((part) => part !== null)
    .join(" · ");
}

/** An id, also from the end of an address. */
function readId(text: string): string | undefined {
  return /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:[?#].*)?\s*$/i.exec(text)?.[1]?.toLowerCase();
}
