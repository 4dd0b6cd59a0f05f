// REST-XML from the other side: the SDK's own schemas say where each part of a call and of an answer stands.
import { XmlShapeDeserializer, XmlShapeSerializer } from "@aws-sdk/core/protocols";
import { NormalizedSchema } from "@smithy/core/schema";
import type { StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import { AwsError, type HttpCall, type HttpReply } from "./aws-http.ts";

/** An operation of an API, as it is called over HTTP. */
export interface RestXmlOperation {
  readonly name: string;
  /** @returns the labels of its path; undefined: the call is of another operation */
  labelsOf(call: HttpCall): Readonly<Record<string, string>> | undefined;
  /** @throws AwsError for what the service model does not allow, and what the operation itself refuses */
  answer(call: HttpCall, labels: Readonly<Record<string, string>>): HttpReply;
}

const CLOUDFRONT = "http://cloudfront.amazonaws.com/doc/2020-05-31/";
const SETTINGS = {
  timestampFormat: { useTrait: true, default: 5 as const },
  httpBindings: true,
  xmlNamespace: CLOUDFRONT,
  serviceNamespace: "com.amazonaws.cloudfront",
};

/**
 * @param schema of the SDK's client
 * @param carryOut gets an input of the schema's shape, in which nothing lacks that the service model requires
 */
export function operation<Input, Output extends object>(
  schema: StaticOperationSchema,
  carryOut: (input: Input) => Output,
): RestXmlOperation {
  const [, , name, traits, input, output] = schema;
  if (typeof traits !== "object" || traits.http === undefined) throw new TypeError(`${name} has no path`);
  const [method, template, status] = traits.http;
  const path = new RegExp(`^${template.replaceAll(/\{(\w+)\}/g, "(?<$1>[^/]+)")}$`);
  return {
    name,
    labelsOf: (call) =>
      call.method === method ? (path.exec(call.url.pathname)?.groups ?? pathOnly(path, call)) : undefined,
    answer: (call, labels) => {
      const read = inputOf(NormalizedSchema.of(input), call, labels);
      return { status, ...written(NormalizedSchema.of(output), carryOut(read as Input)) };
    },
  };
}

/** An error of the service model, with the status that it has there. */
export function serviceError([, , code, traits]: StaticErrorSchema, message: string): AwsError {
  return new AwsError(code, message, {}, typeof traits === "object" ? Number(traits["httpError"]) : 400);
}

/** A path without labels has no groups. */
function pathOnly(path: RegExp, { url }: HttpCall): Record<string, string> | undefined {
  return path.test(url.pathname) ? {} : undefined;
}

function inputOf(schema: NormalizedSchema, call: HttpCall, labels: Readonly<Record<string, string>>) {
  const input: Record<string, unknown> = {};
  let isBody = call.body.length > 0;
  for (const [name, member] of schema.structIterator()) {
    const { httpLabel, httpQuery, httpHeader, httpPayload } = member.getMergedTraits();
    if (httpLabel !== undefined) input[name] = decodeURIComponent(labels[name] ?? "");
    else if (httpQuery !== undefined) input[name] = ofText(member, call.url.searchParams.get(httpQuery));
    else if (httpHeader !== undefined) input[name] = call.headers[httpHeader.toLowerCase()];
    else if (httpPayload !== undefined) {
      isBody = false;
      if (call.body.length > 0) input[name] = parsed(member, call.body);
    }
  }
  const whole = isBody ? { ...(parsed(schema, call.body) as object), ...input } : input;
  requireMembers(schema, whole, "");
  return whole;
}

function parsed(schema: NormalizedSchema, body: Buffer): unknown {
  try {
    return new XmlShapeDeserializer(SETTINGS).read(schema, body);
  } catch {
    throw new AwsError("MalformedInput", "The XML of the request is not well-formed.");
  }
}

function ofText(schema: NormalizedSchema, text: string | null): string | number | undefined {
  if (text === null) return undefined;
  return schema.isNumericSchema() ? Number(text) : text;
}

/** @throws AwsError if a member lacks that the service model requires */
function requireMembers(schema: NormalizedSchema, value: unknown, at: string): void {
  if (value === undefined || value === null) return;
  if (schema.isListSchema() && Array.isArray(value)) {
    for (const one of value) requireMembers(schema.getValueSchema(), one, at);
  }
  if (!schema.isStructSchema()) return;
  // The members that are required come first, and their number last.
  const shape: unknown = schema.getSchema();
  const required = Array.isArray(shape) ? Number(shape[6] ?? 0) : 0;
  for (const [index, [name, member]] of [...schema.structIterator()].entries()) {
    const one: unknown = Reflect.get(value as object, name);
    if (one === undefined && index < required) {
      if (member.getMergedTraits().httpPayload) throw new AwsError("MissingBody", "This operation requires a body.");
      throw new AwsError("InvalidArgument", `The parameter ${at}${name} is required.`);
    }
    requireMembers(member, one, `${at}${name}.`);
  }
}

function written(schema: NormalizedSchema, output: object): HttpReply {
  const headers: Record<string, string> = { "content-type": "text/xml" };
  let payload: { schema: NormalizedSchema; value: unknown } = { schema, value: output };
  for (const [name, member] of schema.structIterator()) {
    const value: unknown = Reflect.get(output, name);
    const { httpHeader, httpPayload } = member.getMergedTraits();
    if (httpHeader !== undefined && value !== undefined) headers[httpHeader.toLowerCase()] = String(value);
    if (httpPayload !== undefined) payload = { schema: member, value };
  }
  const serializer = new XmlShapeSerializer(SETTINGS);
  serializer.write(payload.schema, payload.value);
  return { headers, body: `<?xml version="1.0" encoding="UTF-8"?>${serializer.flush()}` };
}
