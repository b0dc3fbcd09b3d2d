// PostgreSQL refuses to run as root: how to run it all the same, without asking anyone to make an account.
import { execFileSync } from "node:child_process";
import { chownSync, readFileSync } from "node:fs";
import { AppError } from "../../contract/errors.ts";

export interface Account {
  /** Put before the program's own command line. */
  prefix: string[];
  /** The account to run as, where it isn't the caller's own. */
  ids: { uid: number; gid: number } | undefined;
}

const NAMESPACE = ["unshare", "--user", "--map-user=65534", "--map-group=65534"];
const FALLBACK_ACCOUNTS = ["postgres", "nobody"];

/** For root: a user namespace where it is not root, else an unprivileged account. For others: themselves. */
export function findAccount(
  isRoot = process.getuid?.() === 0,
  canUnshare: () => boolean = namespacesWork,
  passwd: () => string = () => readFileSync("/etc/passwd", "utf8"),
): Account {
  if (!isRoot) return { prefix: [], ids: undefined };
  if (canUnshare()) return { prefix: NAMESPACE, ids: undefined };
  const entries = new Map(
    passwd()
      .split("\n")
      .map((line) => [line.split(":")[0], line.split(":")]),
  );
  const entry = FALLBACK_ACCOUNTS.map((name) => entries.get(name)).find((found) => found !== undefined);
  if (entry === undefined) {
    throw new AppError(
      "embedded_unavailable",
      "PostgreSQL does not run as root, user namespaces are not allowed here, and there is no account named postgres or nobody: run as an ordinary user, or set DATABASE_URL",
    );
  }
  return { prefix: [], ids: { uid: Number(entry[2]), gid: Number(entry[3]) } };
}

function namespacesWork(): boolean {
  try {
    const [command, ...args] = NAMESPACE;
    execFileSync(command as string, [...args, "true"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** Gives a directory or file to the account that PostgreSQL will run as. */
export function giveTo(account: Account, path: string): void {
  if (account.ids !== undefined) chownSync(path, account.ids.uid, account.ids.gid);
}
