import { errorFields, withoutQueries } from "../../domain/log-fields.ts";

it("an error in a log has name, message, code, stack and cause, and no field that a client added", () => {
  const cause = Object.assign(new TypeError("fetch failed"), { request: { headers: { authorization: "s3cr3t" } } });
  const error = Object.assign(new Error("at https://a.example/x?Signature=s3cr3t", { cause }), {
    code: "ECONNRESET",
    $response: { headers: { "x-api-key": "s3cr3t" } },
    Item: { header: { L: [{ S: "Cookie: s3cr3t" }] } },
  });
  const fields = errorFields(error);
  expect(fields).toEqual({
    name: "Error",
    message: "at https://a.example/x?…",
    code: "ECONNRESET",
    stack: expect.stringContaining("log-fields.test.ts"),
    cause: { name: "TypeError", message: "fetch failed", stack: expect.any(String) },
  });
  expect(JSON.stringify(fields)).not.toContain("s3cr3t");
});

it("an error in a log may be no error at all", () =>
  expect(errorFields("gone /a?k=v")).toEqual({ name: "string", message: "gone /a?…" }));

it.each([
  ["https://a.example/b.bin?Signature=x&Key-Pair-Id=y", "https://a.example/b.bin?…"],
  ["HTTP 301: redirects to /login?state=x: y", "HTTP 301: redirects to /login?… y"],
  ['"https://a.example/?a=b" and https://a.example/?c=d end', '"https://a.example/?…" and https://a.example/?… end'],
  ["https://a.example/b.bin", "https://a.example/b.bin"],
  ["what now? nothing", "what now? nothing"],
])("%s is logged as %s", (text, logged) => expect(withoutQueries(text)).toBe(logged));
