// The pages and their addresses. Each page is a file of its own that is loaded when it is opened.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from "@tanstack/react-router";
import { readAddSearch } from "./addresses/add-search.ts";
import { readCompareSearch } from "./addresses/compare-search.ts";
import { readOverviewSearch } from "./addresses/overview-search.ts";
import { readRunComparisonSearch } from "./addresses/run-comparison-search.ts";
import { readRunSearch } from "./addresses/run-search.ts";
import { readRunsSearch } from "./addresses/runs-search.ts";
import { readTraceSearch } from "./addresses/trace-search.ts";
import { readTracesSearch } from "./addresses/traces-search.ts";
import { NotFound } from "./shell/NotFound.tsx";
import { PageFault } from "./shell/PageFault.tsx";
import { Shell } from "./shell/Shell.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound, errorComponent: PageFault });
const getParentRoute = () => root;

const overview = createRoute({
  getParentRoute,
  path: "/",
  validateSearch: readOverviewSearch,
  component: lazyRouteComponent(() => import("./pages/overview/OverviewPage.tsx"), "OverviewPage"),
});
const traces = createRoute({
  getParentRoute,
  path: "/traces",
  validateSearch: readTracesSearch,
  component: lazyRouteComponent(() => import("./pages/traces/TracesPage.tsx"), "TracesPage"),
});
const trace = createRoute({
  getParentRoute,
  path: "/traces/$id",
  validateSearch: readTraceSearch,
  component: lazyRouteComponent(() => import("./pages/trace/TracePage.tsx"), "TracePage"),
});
const compare = createRoute({
  getParentRoute,
  path: "/compare",
  validateSearch: readCompareSearch,
  component: lazyRouteComponent(() => import("./pages/compare/ComparePage.tsx"), "ComparePage"),
});
const runs = createRoute({
  getParentRoute,
  path: "/runs",
  validateSearch: readRunsSearch,
  component: lazyRouteComponent(() => import("./pages/runs/RunsPage.tsx"), "RunsPage"),
});
const run = createRoute({
  getParentRoute,
  path: "/runs/$run",
  validateSearch: readRunSearch,
  component: lazyRouteComponent(() => import("./pages/run/RunPage.tsx"), "RunPage"),
});
const runComparison = createRoute({
  getParentRoute,
  path: "/runs/compare",
  validateSearch: readRunComparisonSearch,
  component: lazyRouteComponent(
    () => import("./pages/run-comparison/RunComparisonPage.tsx"),
    "RunComparisonPage",
  ),
});
const add = createRoute({
  getParentRoute,
  path: "/add",
  validateSearch: readAddSearch,
  component: lazyRouteComponent(() => import("./pages/add/AddPage.tsx"), "AddPage"),
});
const status = createRoute({
  getParentRoute,
  path: "/status",
  component: lazyRouteComponent(() => import("./pages/status/StatusPage.tsx"), "StatusPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([overview, traces, trace, compare, runs, run, runComparison, add, status]),
  defaultPreload: "intent",
  defaultErrorComponent: PageFault,
  // Values as they are, not as JSON: an address should be readable.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const entries = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    const text = new URLSearchParams(entries.map(([name, value]) => [name, String(value)])).toString();
    return text === "" ? "" : `?${text}`;
  },
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
