import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { facetValues } from "../../api/facets.ts";
import { Icon } from "../../icons/Icon.tsx";
import { hasTerm, type Term } from "../../search-bar/edit-query.ts";
import { type FacetKind, facetTerm } from "../../search-bar/facet-terms.ts";
import { type FilterParameters, parseQuery } from "../../search-bar/parse-query.ts";
import { formatCount, formatShort } from "../../text/figures.ts";
import classes from "./FacetBar.module.css";

const FEW = 6;
const MANY = 60;

interface FacetGroupProps {
  kind: FacetKind;
  query: string;
  filters: FilterParameters;
  isOpen: boolean;
  onOpen(): void;
  onToggle(term: Term): void;
}

/** The values of one field with their counts. Nothing is counted while it is closed. */
export function FacetGroup({ kind, query, filters, isOpen, onOpen, onToggle }: FacetGroupProps) {
  const [limit, setLimit] = useState(FEW);
  const { data, isError, isPlaceholderData, isPending, refetch } = useQuery({
    ...facetValues({ field: kind.field, filters: besides(kind, filters), limit: limit + 1 }),
    enabled: isOpen,
  });
  const counted = data?.data.slice(0, limit) ?? [];
  // What is asked for stays in view, whether or not it is among the most frequent.
  const asked = askedValues(kind, query).filter((value) => counted.every((one) => one.value !== value));
  const rows = [...asked.map((value) => ({ value, count: undefined })), ...counted];
  const most = Math.max(1, ...counted.map(({ count }) => count));
  return (
    <section className={classes.group}>
      <h3>
        <button type="button" className={classes.title} aria-expanded={isOpen} onClick={onOpen}>
          <Icon name={isOpen ? "up" : "down"} size={12} />
          {kind.title}
        </button>
      </h3>
      {isOpen && (
        <ul
          className={classes.values}
          data-stale={isPlaceholderData}
          aria-busy={isPending || isPlaceholderData}
        >
          {rows.map(({ value, count }) => {
            const term = value === null ? undefined : facetTerm(kind.field, value);
            if (term === undefined) return null;
            return (
              <FacetValue
                key={value}
                kind={kind}
                name={value ?? ""}
                term={term}
                query={query}
                count={count}
                share={(count ?? 0) / most}
                isApproximate={data?.approximate === true}
                onToggle={onToggle}
              />
            );
          })}
        </ul>
      )}
      {isOpen && isError && (
        <p className={classes.note}>
          Could not be counted.{" "}
          <button type="button" className={classes.more} onClick={() => refetch()}>
            Count again
          </button>
        </p>
      )}
      {isOpen && data !== undefined && rows.length === 0 && <p className={classes.note}>none</p>}
      {isOpen && limit === FEW && (data?.data.length ?? 0) > FEW && (
        <button type="button" className={classes.more} onClick={() => setLimit(MANY)}>
          Show more
        </button>
      )}
    </section>
  );
}

interface FacetValueProps {
  kind: FacetKind;
  name: string;
  term: Term;
  query: string;
  /** Undefined where it is not known. */
  count: number | undefined;
  /** Of the most frequent value's count. */
  share: number;
  isApproximate: boolean;
  onToggle(term: Term): void;
}

function FacetValue(props: FacetValueProps) {
  const { kind, name, term, query, count, share, isApproximate, onToggle } = props;
  const without = { ...term, isNegated: true };
  const isLeftOut = kind.canLeaveOut === true && hasTerm(query, without);
  return (
    <li className={classes.value} data-out={isLeftOut} data-can-leave-out={kind.canLeaveOut}>
      <button
        type="button"
        className={classes.name}
        aria-pressed={hasTerm(query, term)}
        title={name}
        onClick={() => onToggle(term)}
      >
        <span className={classes.words}>{name}</span>
        {count !== undefined && (
          <span
            className={classes.count}
            title={`${isApproximate ? "about " : ""}${formatCount(count)} traces`}
          >
            {isApproximate && "≈ "}
            {formatShort(count)}
          </span>
        )}
        <span className={classes.share} style={{ width: `${100 * share}%` }} />
      </button>
      {kind.canLeaveOut && (
        <button
          type="button"
          className={classes.without}
          aria-label={`Leave out ${name}`}
          aria-pressed={isLeftOut}
          onClick={() => onToggle(without)}
        >
          −
        </button>
      )}
    </li>
  );
}

/** Counts of a field with one value a trace show what could be chosen instead, so its own filter does not count. */
function besides({ parameter }: FacetKind, filters: FilterParameters): FilterParameters {
  return Object.fromEntries(Object.entries(filters).filter(([name]) => name !== parameter));
}

function askedValues({ field }: FacetKind, query: string): string[] {
  if (field === "score") return [];
  const key = facetTerm(field, "")?.key;
  return [
    ...new Set(
      parseQuery(query)
        .terms.filter((term) => term.key === key)
        .map(({ value }) => value),
    ),
  ];
}
