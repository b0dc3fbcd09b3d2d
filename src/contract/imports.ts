// Imports: what may be asked for, and the answer.
import { type Static, Type } from "typebox";
import { NewRunName } from "./run-name.ts";

const closed = { additionalProperties: false } as const;

export const ImportQuery = Type.Object(
  {
    format: Type.Optional(
      Type.String({
        default: "auto",
        description: "A format's name; auto recognises it from the first records",
      }),
    ),
    map: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 10_000,
        description:
          "Reads records of a shape of your own: target=path,target=path, such as prompt=question,completion=response,reward=scores.acc",
      }),
    ),
    input: Type.Optional(
      Type.Enum(["auto", "csv"], {
        default: "auto",
        description: "csv says that the body is CSV with a header, as Content-Type: text/csv does",
      }),
    ),
    on_error: Type.Optional(
      Type.Enum(["skip", "abort"], {
        default: "skip",
        description: "skip stores the good records and reports the bad; abort stores all or nothing",
      }),
    ),
    dry_run: Type.Optional(
      Type.Enum(["true", "false"], { description: "true reads and checks, and stores nothing" }),
    ),
    preview: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 100,
        description: "How many of the first traces a dry run returns: 3 with a map, else none, unless said",
      }),
    ),
    run: Type.Optional(NewRunName("The run of traces that name none")),
    split: Type.Optional(
      Type.String({ minLength: 1, maxLength: 64, description: "The split of traces that name none" }),
    ),
    train_step: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 2_147_483_647,
        description: "The training step of traces that name none",
      }),
    ),
  },
  closed,
);
export type ImportQuery = Static<typeof ImportQuery>;

const RecordError = Type.Object(
  {
    line: Type.Integer({ description: "The record's line, or its place in a JSON array, from 1" }),
    code: Type.String(),
    message: Type.String(),
  },
  closed,
);

export type RecordError = Static<typeof RecordError>;

export const ImportReport = Type.Object(
  {
    format: Type.Union([Type.String(), Type.Null()], { description: "The format; null for an empty file" }),
    records: Type.Integer({ description: "Records read" }),
    inserted: Type.Integer({ description: "Traces stored" }),
    duplicates: Type.Integer({ description: "Traces that were there already" }),
    skipped: Type.Integer({ description: "Records that the format leaves out on purpose" }),
    rejected: Type.Integer({ description: "Bad records or traces, not stored" }),
    errors: Type.Array(RecordError, { description: "The first 100 of the rejected" }),
    unmatched: Type.Optional(
      Type.Array(Type.String(), { description: "With a map: those of its parts whose path no record has" }),
    ),
    preview: Type.Optional(Type.Array(Type.Unknown(), { description: "With a dry run: the first traces" })),
  },
  closed,
);
export type ImportReport = Static<typeof ImportReport>;

export const FormatList = Type.Object(
  { data: Type.Array(Type.Object({ name: Type.String(), description: Type.String() }, closed)) },
  closed,
);
