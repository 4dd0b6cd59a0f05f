import * as z from "zod";
import {
  gatewayRefusalSchema as gatewayRefusal,
  instancesRefusalSchema as instancesRefusal,
  refusalSchema as refusal,
} from "./answer-fields.ts";
import { instancesSchema, instancesSetSchema, popsSchema, settingsSchema } from "./deployment-answers.ts";
import { progressSchema, requestsSchema, summarySchema } from "./request-answers.ts";
import { prewarmAnswerSchema, prewarmRefusalSchema as prewarmRefusal } from "./started-answer.ts";

/** GET /openapi.json. */
export const descriptionSchema = z
  .looseObject({
    openapi: z
      .string()
      .regex(/^3\.1\./)
      .describe("Version of OpenAPI."),
    info: z.looseObject({ title: z.string(), version: z.string() }).describe("Name and release of the API."),
    paths: z.looseObject({}).describe("Routes."),
  })
  .meta({
    id: "Description",
    description: "The OpenAPI 3.1 description of this release.",
    examples: [{ openapi: "3.1.0", info: { title: "Prewarm", version: "0.1.0" }, paths: {} }],
  });

/** The answers of one route by HTTP status. */
export type RouteAnswers = { readonly 200: z.ZodType } & Readonly<Record<number, z.ZodType>>;

/** Every status of a failure, with the same body. */
function failures<T extends z.ZodType>(schema: T) {
  return { 400: schema, 404: schema, 409: schema, 500: schema };
}

/**
 * What each route of the API answers. The description of the API is made of it, and the end-to-end tests hold every answer
 * against it. Where API Gateway may answer with a status instead of the route, {@link GATEWAY_ANSWERS} has that.
 */
export const ANSWERS = {
  "POST /prewarm": { 200: prewarmAnswerSchema, ...failures(prewarmRefusal), 403: prewarmRefusal, 429: prewarmRefusal },
  "GET /prewarm": { 200: progressSchema, ...failures(refusal) },
  "GET /summary": { 200: summarySchema, ...failures(refusal) },
  "POST /instances": { 200: instancesSetSchema, ...failures(instancesRefusal), 403: instancesRefusal },
  "GET /instances": { 200: instancesSchema, 500: instancesRefusal },
  "GET /requests": { 200: requestsSchema, 400: refusal, 500: refusal },
  "GET /pops": { 200: popsSchema, 400: refusal, 500: refusal },
  "GET /settings": { 200: settingsSchema, 500: refusal },
  "GET /openapi.json": { 200: descriptionSchema, 500: refusal },
} as const satisfies Readonly<Record<string, RouteAnswers>>;

export type RouteName = keyof typeof ANSWERS;
/** Body of a route's 200. */
export type AnswerOf<Name extends RouteName> = z.infer<(typeof ANSWERS)[Name][200]>;

/** What API Gateway answers by itself, whatever the route: no key, a body too large, too many calls, no answer in time. */
export const GATEWAY_ANSWERS = {
  403: gatewayRefusal,
  404: gatewayRefusal,
  413: gatewayRefusal,
  429: gatewayRefusal,
  500: gatewayRefusal,
  502: gatewayRefusal,
  503: gatewayRefusal,
  504: gatewayRefusal,
};
