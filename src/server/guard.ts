// What keeps other web sites out of a server that listens on somebody's own machine.
import { isIP } from "node:net";
import { hostname } from "node:os";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { AppError } from "../contract/errors.ts";

const RESPONSE_HEADERS = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
};

/** Refuses requests under a foreign name (DNS rebinding) and those that another site's page makes. */
export function addGuard(app: FastifyInstance, allowedHosts: readonly string[]): void {
  const names = new Set(["localhost", hostname().toLowerCase(), ...allowedHosts]);
  app.addHook("onRequest", (request, reply, done) => {
    reply.headers(RESPONSE_HEADERS);
    done(findOffence(request, names));
  });
}

function findOffence(request: FastifyRequest, names: ReadonlySet<string>): AppError | undefined {
  const host = hostOf(request);
  if (host !== undefined && isIP(host) === 0 && !names.has(host)) {
    const message = `This server does not answer to the name "${host}"; ALLOWED_HOSTS can allow it`;
    return new AppError("forbidden_origin", message);
  }
  if (!isFromAnotherSite(request)) return undefined;
  return new AppError("forbidden_origin", "A page of another site may not use this server");
}

function hostOf(request: FastifyRequest): string | undefined {
  const host = request.headers.host?.toLowerCase().replace(/:\d+$/, "");
  return host?.replace(/^\[(.*)\]$/, "$1").replace(/\.$/, "");
}

/** A link that a person follows here from elsewhere is welcome; whatever else another site causes is not. */
function isFromAnotherSite(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  if (site === undefined || site === "same-origin" || site === "none") return false;
  const isFollowedLink =
    request.method === "GET" &&
    request.headers["sec-fetch-mode"] === "navigate" &&
    request.headers["sec-fetch-dest"] === "document";
  return !isFollowedLink;
}
