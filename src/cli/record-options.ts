// How the records of files are to be read: the options of whoever reads files of others.
import { type Command, Option } from "commander";
import type { Format } from "../formats/format.ts";
import { formats } from "../formats/formats.ts";
import { createMappedFormat } from "../formats/mapped.ts";

export interface RecordFlags {
  format: string;
  map?: Format;
}

const AUTO = "auto";

export function addRecordOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--format <name>", "the records' format (see tunix-rt formats)")
        .choices([AUTO, ...formats.map(({ name }) => name)])
        .default(AUTO),
    )
    .addOption(
      new Option("--map <map>", "read records of a shape of your own: target=path,target=path")
        .argParser(createMappedFormat)
        .conflicts("format"),
    );
}

/** Undefined to recognise it. */
export function formatOf({ format, map }: RecordFlags): Format | string | undefined {
  return map ?? (format === AUTO ? undefined : format);
}
