// Exports: what may be asked for.
import { type Static, Type } from "typebox";
import { type DottedFilters, dotted, TraceFilters } from "./filters.ts";

export const exportFormats = ["native"] as const;

export const ExportQuery = Type.Object(
  {
    format: Type.Optional(
      Type.Enum([...exportFormats], {
        default: "native",
        description: "What the lines are: native, the traces as they were sent, is what import reads back",
      }),
    ),
    ...TraceFilters.properties,
  },
  { ...dotted, additionalProperties: false },
);
export type ExportQuery = Static<typeof ExportQuery> & DottedFilters;
