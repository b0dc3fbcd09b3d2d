// The list: find, look, choose.

import { useQueryClient } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import { useMemo, useRef, useState } from "react";
import type { TraceSort } from "../../../contract/pages.ts";
import { useKeys } from "../../keyboard/use-keys.ts";
import { parseQuery } from "../../search-bar/parse-query.ts";
import { SearchBar } from "../../search-bar/SearchBar.tsx";
import { EmptyList } from "./EmptyList.tsx";
import { ListTools } from "./ListTools.tsx";
import { PeekPanel } from "./PeekPanel.tsx";
import classes from "./TracesPage.module.css";
import { TraceTable } from "./TraceTable.tsx";
import type { TraceRows } from "./use-trace-pages.ts";

const route = getRouteApi("/traces");
const NONE: ReadonlySet<string> = new Set();

export function TracesPage() {
  const { query = "", sort, peek } = route.useSearch();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const parsed = useMemo(() => parseQuery(query), [query]);
  const filters = useMemo(
    () => ({ ...parsed.parameters, ...(sort !== undefined && { sort }) }),
    [parsed, sort],
  );
  const [current, setCurrent] = useState(-1);
  const [selected, setSelected] = useState(NONE);
  const [loaded, setLoaded] = useState("");
  const rows = useRef<TraceRows>(undefined);
  const search = useRef<HTMLInputElement>(null);

  const show = (id: string | undefined) =>
    navigate({ search: (now) => ({ ...now, peek: id }), replace: peek !== undefined });
  const choose = (row: number, id: string) => {
    setCurrent(row);
    show(id);
  };
  const select = (id: string) =>
    setSelected((ids) =>
      ids.has(id) ? new Set([...ids].filter((one) => one !== id)) : new Set([...ids, id]),
    );
  const move = (by: 1 | -1) => {
    const row = Math.max(0, Math.min(current + by, (rows.current?.count ?? 0) - 1));
    const trace = rows.current?.at(row);
    setCurrent(row);
    if (trace !== undefined && peek !== undefined) show(trace.id);
  };
  const chosen = () => rows.current?.at(current)?.id ?? peek;
  const refresh = () => queryClient.resetQueries({ queryKey: ["traces", "page"] });
  useKeys({
    "/": () => search.current?.focus(),
    j: () => move(1),
    k: () => move(-1),
    x: () => {
      const id = rows.current?.at(current)?.id;
      if (id !== undefined) select(id);
    },
    " ": () => {
      const id = rows.current?.at(current)?.id;
      if (id !== undefined) show(peek === undefined ? id : undefined);
    },
    Enter: () => {
      const id = chosen();
      if (id !== undefined) navigate({ to: "/traces/$id", params: { id } });
    },
    Escape: () => show(undefined),
    r: refresh,
  });

  return (
    <div className={classes.page}>
      <h1 className="unseen">Traces</h1>
      <div className={classes.top}>
        <SearchBar
          ref={search}
          query={query}
          onQuery={(text) => {
            setCurrent(-1);
            navigate({ search: (now) => ({ ...now, query: text || undefined, peek: undefined }) });
          }}
        />
        <ListTools
          filters={filters}
          loaded={loaded}
          selected={selected}
          onRefresh={refresh}
          onDeleted={() => {
            setSelected(NONE);
            show(undefined);
          }}
        />
      </div>
      <div className={classes.columns}>
        <TraceTable
          // Another list begins at its top.
          key={JSON.stringify(filters)}
          filters={filters}
          sort={(sort as TraceSort | undefined) ?? "newest"}
          onSort={(next) => {
            setCurrent(-1);
            navigate({ search: (now) => ({ ...now, sort: next === "newest" ? undefined : next }) });
          }}
          current={current}
          onChoose={choose}
          selected={selected}
          onSelect={select}
          onClearSelection={() => setSelected(NONE)}
          onRows={(next) => {
            rows.current = next;
            setLoaded(next.isComplete ? String(next.count) : "");
          }}
          empty={<EmptyList isFiltered={query !== ""} onClear={() => navigate({ search: {} })} />}
        />
        {peek !== undefined && <PeekPanel id={peek} onClose={() => show(undefined)} />}
      </div>
    </div>
  );
}
