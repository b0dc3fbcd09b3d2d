import classes from "./FactsTable.module.css";
import type { Fact } from "./facts.ts";

/** What is known of both besides their texts; what differs stands out. */
export function FactsTable({ facts }: { facts: readonly Fact[] }) {
  return (
    <table className={classes.table}>
      <caption className="unseen">What is known of the traces</caption>
      <colgroup>
        <col className={classes.name} />
        <col className={classes.base} />
        <col />
      </colgroup>
      <thead className="unseen">
        <tr>
          <th scope="col">fact</th>
          <th scope="col">base</th>
          <th scope="col">other</th>
        </tr>
      </thead>
      <tbody>
        {facts.map(({ name, base, other }) => (
          <tr key={name} data-differs={base !== other}>
            <th scope="row">{name}</th>
            <td>{base ?? "–"}</td>
            <td>{other ?? "–"}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
