// Exports: what may be asked for.
import { type Static, Type } from "typebox";
import { TraceFilters } from "./pages.ts";

export const ExportQuery = Type.Object({ ...TraceFilters.properties }, { additionalProperties: false });
export type ExportQuery = Static<typeof ExportQuery>;
