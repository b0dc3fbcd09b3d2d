import { Link } from "@tanstack/react-router";
import type { ReadTrace } from "../../api/traces.ts";
import classes from "./CompareHead.module.css";

/** What stands over the two columns. */
export function CompareHead({ base, other }: { base: ReadTrace; other: ReadTrace }) {
  return (
    <div className={classes.head}>
      <Side name="Base" trace={base} />
      <Side name="Other" trace={other} />
    </div>
  );
}

function Side({ name, trace: { id, payload } }: { name: string; trace: ReadTrace }) {
  const { generation, rollout } = payload;
  const origin = [
    generation?.model,
    rollout?.run,
    rollout?.train_step == null ? undefined : `step ${rollout.train_step}`,
    rollout?.sample_index == null ? undefined : `sample ${rollout.sample_index}`,
  ].filter((part) => part != null);
  return (
    <div className={classes.side}>
      <span className={classes.role}>{name}</span>
      <Link to="/traces/$id" params={{ id }} className={classes.title}>
        {payload.prompt.slice(0, 200)}
      </Link>
      {origin.length > 0 && <span className={classes.origin}>{origin.join(" · ")}</span>}
    </div>
  );
}
