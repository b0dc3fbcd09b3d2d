import type { Command } from "commander";
import { version } from "../version.ts";
import { type CommandContext, openDatabase, print, readConfig } from "./context.ts";
import { createLogger, serverLabel, startServer } from "./start-server.ts";

export function addServeCommand(program: Command, context: CommandContext): void {
  program
    .command("serve")
    .description("Serve the API, and start the embedded database if DATABASE_URL is not set")
    .addHelpText("after", "\nExample:\n  $ PORT=9000 DATA_DIR=/mnt/traces tunix-rt serve")
    .action(() => serve(context));
}

/** Serves until the context's signal, then stops in order: requests, pool, embedded server. */
async function serve(context: CommandContext): Promise<void> {
  const config = readConfig(context);
  const logger = createLogger(config.LOG_LEVEL);
  const database = await openDatabase(config, serverLabel(config), true, (event, err) =>
    logger.warn({ event, err }, event),
  );
  try {
    const { address, stopped } = await startServer({ config, database, logger, signal: context.signal });
    print(context.stdout, `Tunix RT ${version} serves ${address}`);
    print(context.stdout, `The data lies in ${database.location}; Ctrl+C stops the server`);
    await stopped;
  } finally {
    await database.close();
  }
  logger.info({ event: "stopped" }, "stopped");
}
