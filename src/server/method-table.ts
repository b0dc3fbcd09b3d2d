// Which methods a path has: what a request with another method is told.
import type { FastifyInstance } from "fastify";

/** Collects the routes that are added from here on; gives the methods of those that the path fits. */
export function collectMethods(app: FastifyInstance): (path: string) => string[] {
  const routes: { segments: string[]; methods: string[] }[] = [];
  app.addHook("onRoute", ({ url, method }) => {
    // A route that takes any path says nothing about this one.
    if (!url.includes("*")) routes.push({ segments: url.split("/"), methods: [method].flat() });
  });
  return (path) => {
    const sent = path.split("/");
    const fitting = routes.filter(({ segments }) => fits(segments, sent));
    return [...new Set(fitting.flatMap(({ methods }) => methods))].sort();
  };
}

function fits(segments: readonly string[], sent: readonly string[]): boolean {
  if (segments.length !== sent.length) return false;
  return segments.every(
    (segment, index) => segment === sent[index] || (segment.startsWith(":") && sent[index] !== ""),
  );
}
