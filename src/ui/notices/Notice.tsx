import type { ReactNode } from "react";
import classes from "./Notice.module.css";

interface NoticeProps {
  title: string;
  /** What it means, in a sentence. */
  detail?: ReactNode;
  tone?: "calm" | "bad";
  /** What can be done. */
  children?: ReactNode;
}

/** In the place of what can't be shown: says why and what to do. */
export function Notice({ title, detail, tone = "calm", children }: NoticeProps) {
  return (
    <section className={classes.notice} data-tone={tone} role={tone === "bad" ? "alert" : undefined}>
      <h2>{title}</h2>
      {detail !== undefined && <div className={classes.detail}>{detail}</div>}
      {children !== undefined && <div className={classes.actions}>{children}</div>}
    </section>
  );
}
