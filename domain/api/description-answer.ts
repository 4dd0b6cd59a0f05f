import * as z from "zod";

/** GET /openapi.json. */
export const descriptionSchema = z
  .looseObject({
    openapi: z.string().regex(/^3\.1\./),
    info: z.looseObject({ title: z.string(), version: z.string() }),
    paths: z.looseObject({}),
  })
  .meta({
    id: "Description",
    description: "A description of the API in OpenAPI 3.1.",
    examples: [{ openapi: "3.1.0", info: { title: "Prewarm", version: "0.1.0" }, paths: {} }],
  });
