import { Cancellation, headerLines } from "../../../agent/fetch/http/http-client.ts";
import { requestHeaders } from "../../../agent/fetch/request-headers.ts";
import { taskMessage } from "../task-messages.ts";

const compressed = (header: string[]) => requestHeaders(taskMessage({ header }), undefined).compressed;

test("a message asks for a compressed form unless its own headers, or those of a variant, ask for another", () => {
  const variants = [
    { name: "br", header: ["Accept-Encoding: br, gzip"] },
    { name: "plain", header: ["Accept-Encoding: identity"] },
  ];
  const message = taskMessage({ variants });
  const asked = [undefined, "br", "plain", "br"].map((it) => requestHeaders(message, it).compressed);
  expect(asked).toEqual([true, true, false, true]);
  expect(compressed(["accept-encoding: gzip"])).toBe(true);
  expect(compressed(["accept-encoding: identity"])).toBe(false);
});

test("the headers of a message and a variant are made once; each message has its own", () => {
  const variants = [{ name: "br", header: ["Accept-Encoding: br"] }];
  const [one, other] = [taskMessage({ variants, host: "a.example" }), taskMessage({ variants, host: "b.example" })];
  expect(requestHeaders(one, "br")).toBe(requestHeaders(one, "br"));
  expect(requestHeaders(one, "br")).not.toBe(requestHeaders(one, undefined));
  expect(requestHeaders(one, undefined).lines).toContain("host: a.example\r\n");
  expect(requestHeaders(other, undefined).lines).toContain("host: b.example\r\n");
});

test("a header with a control character is not sent", () => {
  expect(() => headerLines([["x-a", "b\r\nx-c: d"]])).toThrow("has a character that none may have");
});

test("the signal of a cancellation that was cancelled is aborted", () => {
  const cancellation = new Cancellation();
  cancellation.cancel();
  expect(cancellation.signal.aborted).toBe(true);
});
