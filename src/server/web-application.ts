// The web application: files with hashed names for ever, and its page for every path that is nobody else's.
import { fileURLToPath } from "node:url";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

const ROOT = fileURLToPath(new URL("../../dist/ui", import.meta.url));

/** Nothing inline and nothing from outside, scripts and styles alike. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

export async function addWebApplication(app: FastifyInstance): Promise<void> {
  await app.register(fastifyStatic, {
    root: ROOT,
    // A route for each file, so that a path without one is told from a file that is missing.
    wildcard: false,
    index: false,
    globIgnore: ["index.html", ".*", ".vite/**"],
    cacheControl: false,
    setHeaders(response, path) {
      const isHashed = path.startsWith(`${ROOT}/assets/`);
      response.setHeader("cache-control", isHashed ? "public, max-age=31536000, immutable" : "no-cache");
    },
  });
}

/** Whether a path that no route knows is one of the application's pages. */
export function isPage({ method, url }: FastifyRequest): boolean {
  return (method === "GET" || method === "HEAD") && !/^\/(api|v1|metrics|assets)(?=$|[/?#])/.test(url);
}

export function sendPage(reply: FastifyReply): FastifyReply {
  return reply.header("content-security-policy", CONTENT_SECURITY_POLICY).sendFile("index.html");
}
