// How traces get in: files of any size, or one trace written by hand.
import { SegmentedControl } from "@mantine/core";
import { getRouteApi } from "@tanstack/react-router";
import { lazy, Suspense } from "react";
import classes from "./AddPage.module.css";
import { ImportFile } from "./ImportFile.tsx";

const WriteTrace = lazy(() => import("./WriteTrace.tsx").then(({ WriteTrace }) => ({ default: WriteTrace })));
const route = getRouteApi("/add");

export function AddPage() {
  const { by = "file" } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <div className={classes.page}>
      <header className={classes.header}>
        <h1>Add traces</h1>
        <SegmentedControl
          size="xs"
          aria-label="How"
          value={by}
          onChange={(value) => navigate({ search: value === "file" ? {} : { by: value } })}
          data={[
            { value: "file", label: "A file" },
            { value: "hand", label: "One trace, by hand" },
          ]}
        />
      </header>
      {by === "hand" ? (
        <Suspense fallback={<p className={classes.wait}>Loading the editor …</p>}>
          <WriteTrace />
        </Suspense>
      ) : (
        <ImportFile />
      )}
    </div>
  );
}
