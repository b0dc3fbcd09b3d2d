// A real way to the test database that can be cut and mended: a proxy on loopback.
import { connect, createServer, type Server, type Socket } from "node:net";
import type pg from "pg";

export class CuttableProxy {
  readonly #target: { path: string } | { host: string; port: number };
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  port = 0;

  constructor(connection: pg.ClientConfig) {
    const url = connection.connectionString === undefined ? undefined : new URL(connection.connectionString);
    const host = url?.hostname ?? connection.host ?? "localhost";
    const port = Number(url?.port || connection.port || 5432);
    this.#target = host.startsWith("/") ? { path: `${host}/.s.PGSQL.${port}` } : { host, port };
  }

  async mend(): Promise<void> {
    this.#server = createServer((socket) => {
      const upstream = connect(this.#target as { path: string });
      for (const [from, to] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        this.#sockets.add(from);
        from.on("error", () => to.destroy());
        from.on("close", () => {
          this.#sockets.delete(from);
          to.destroy();
        });
      }
      socket.pipe(upstream).pipe(socket);
    });
    await new Promise<void>((resolve) => this.#server?.listen(this.port, "127.0.0.1", resolve));
    this.port = (this.#server.address() as { port: number }).port;
  }

  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** The test database, reached through here. */
  connection({ connectionString, ...rest }: pg.ClientConfig): pg.ClientConfig {
    if (connectionString === undefined) return { ...rest, host: "127.0.0.1", port: this.port };
    const url = new URL(connectionString);
    url.hostname = "127.0.0.1";
    url.port = String(this.port);
    return { connectionString: url.href };
  }

  /** The same as a DATABASE_URL. */
  url(connection: pg.ClientConfig): string {
    const { connectionString, user, database } = this.connection(connection);
    return connectionString ?? `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }
}
