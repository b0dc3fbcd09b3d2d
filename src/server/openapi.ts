// The API's description, drawn from the schemas that validate it, and a page to try it on.
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";

/** Nothing from outside and no inline script; the page's library sets style attributes. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join("; ");

export async function addOpenApi(app: FastifyInstance, version: string): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Tunix RT",
        version,
        description: "Store, find and read the reasoning traces of language models.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      tags: [
        {
          name: "traces",
          description:
            "Storing, reading, listing and deleting traces. Calls with filters take up to 60 different parameters; a repeated one counts once",
        },
        { name: "scores", description: "Scores of traces and of their steps" },
        {
          name: "runs",
          description: "Runs, their figures by training step, their groups, one against another",
        },
        { name: "bulk", description: "Importing and exporting" },
        { name: "health", description: "Whether this server and what it needs are well" },
      ],
    },
  });
  await app.register(swaggerUi, {
    routePrefix: "/api/docs",
    // No badge that asks an outside service to look at the description.
    uiConfig: { validatorUrl: null } as object,
    staticCSP: CONTENT_SECURITY_POLICY,
  });
  app.get("/api/openapi.json", { schema: { hide: true } }, async () => app.swagger());
}
