// The way to PostgreSQL: a server of one's own by DATABASE_URL, or the embedded one in DATA_DIR.
import pg from "pg";
import { type EmbeddedOptions, EmbeddedPostgres } from "./embedded/embedded-postgres.ts";

/** Whatever runs statements: the pool, or a client inside a transaction. */
export type Queryable = Pick<pg.ClientBase, "query">;

export interface DatabaseOptions extends EmbeddedOptions {
  databaseUrl: string | undefined;
  poolSize: number;
  /** How long a request waits for a connection, or for what another transaction holds, before it gets a 503. */
  poolTimeoutMs: number;
}

// Counts and sizes fit a double; PostgreSQL's bigint arrives as text otherwise.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

export class Database {
  readonly pool: pg.Pool;
  /** Where the data lies, for people: never with a password. */
  readonly location: string;
  /** For connections of their own, also of threads. */
  readonly connection: pg.ClientConfig;
  readonly #embedded: EmbeddedPostgres | undefined;

  private constructor(
    connection: pg.ClientConfig,
    location: string,
    options: DatabaseOptions,
    embedded: EmbeddedPostgres | undefined,
  ) {
    this.connection = {
      ...connection,
      application_name: options.label,
      keepAlive: true,
      connectionTimeoutMillis: options.poolTimeoutMs,
    };
    this.location = location;
    this.#embedded = embedded;
    this.pool = new pg.Pool({
      ...this.connection,
      max: options.poolSize,
      connectionTimeoutMillis: options.poolTimeoutMs,
      // Not a parameter of the connection: poolers refuse those they don't know.
      onConnect: (client) => client.query(`SET lock_timeout = ${options.poolTimeoutMs}`),
    });
    // An idle connection that breaks is replaced at the next use; unheard, its error would end the process.
    this.pool.on("error", () => {});
  }

  /** Starts or joins the embedded server; a server behind DATABASE_URL is first reached when it is used. */
  static async open(options: DatabaseOptions): Promise<Database> {
    if (options.databaseUrl !== undefined) {
      const connection = { connectionString: options.databaseUrl };
      return new Database(connection, describeUrl(options.databaseUrl), options, undefined);
    }
    const embedded = await EmbeddedPostgres.join(options);
    return new Database(embedded.connection, options.dataDir, options, embedded);
  }

  /** Makes this process the only server of an embedded store; any number may serve a database of one's own. */
  async claimServing(): Promise<void> {
    await this.#embedded?.claimServing();
  }

  /** Says where this process serves the store; known to those who work on the same embedded store. */
  async announceServing(address: string): Promise<void> {
    await this.#embedded?.announceServing(address);
  }

  /** Where the embedded store is served; of a database of one's own nobody keeps account. */
  async findServingAddress(): Promise<string | undefined> {
    return this.#embedded?.findServingAddress();
  }

  /** A connection beside the pool, for work that holds it long. The caller ends it. */
  async connect(): Promise<pg.Client> {
    const client = new pg.Client(this.connection);
    client.on("error", () => {});
    await client.connect();
    return client;
  }

  /** Closes the pool when its work is done, and the embedded server when nobody else uses it. */
  async close(): Promise<void> {
    await this.pool.end();
    await this.#embedded?.leave();
  }
}

/** The URL without user, password and parameters, any of which may be secret. */
export function describeUrl(databaseUrl: string): string {
  const { protocol, host, pathname } = new URL(databaseUrl);
  return `${protocol}//${host}${pathname}`;
}
