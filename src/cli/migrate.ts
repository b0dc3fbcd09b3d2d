import { type Command, InvalidArgumentError } from "commander";
import type { Database } from "../store/database.ts";
import { migrateDown, readMigrationState } from "../store/migrations.ts";
import { applyMigrations, type CommandContext, openDatabase, print, readConfig } from "./context.ts";

export function addMigrateCommand(program: Command, context: CommandContext): void {
  const migrate = program
    .command("migrate")
    .description("Bring the database's schema up to date, or back")
    .addHelpText("after", "\nExample:\n  $ tunix-rt migrate status\n  $ tunix-rt migrate up");

  migrate
    .command("up")
    .description("Apply all pending migrations (serve and import do so by themselves)")
    .action(() =>
      withRawDatabase(context, true, async (database) => {
        const names = await applyMigrations(database);
        print(
          context.stdout,
          names.length === 0 ? "The schema is up to date" : `Applied ${names.join(", ")}`,
        );
      }),
    );

  migrate
    .command("down")
    .description("Take back the newest migrations, with the data they hold")
    .option("--count <n>", "how many", parseCount, 1)
    .action(({ count }: { count: number }) =>
      withRawDatabase(context, false, async (database) => {
        const client = await database.connect();
        const names = await migrateDown(client, count).finally(() => client.end());
        print(
          context.stdout,
          names.length === 0 ? "There is nothing to take back" : `Took back ${names.join(", ")}`,
        );
      }),
    );

  migrate
    .command("status")
    .description("List the migrations that are applied and pending")
    .action(() =>
      withRawDatabase(context, false, async (database) => {
        const { applied, pending, unknown } = await readMigrationState(database.pool);
        for (const name of applied)
          print(context.stdout, `${unknown.includes(name) ? "unknown" : "applied"}  ${name}`);
        for (const name of pending) print(context.stdout, `pending  ${name}`);
      }),
    );
}

/** The database as it is: these commands work on schemas of any state. */
async function withRawDatabase(
  context: CommandContext,
  create: boolean,
  work: (database: Database) => Promise<void>,
): Promise<void> {
  const database = await openDatabase(
    readConfig(context),
    `tunix-rt migrate, process ${process.pid}`,
    create,
  );
  await work(database).finally(() => database.close());
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return Number(text);
}
