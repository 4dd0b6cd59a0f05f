import type { Operator } from "./operator.ts";

/** What the operator warms. */
export function bodyOf(url_list: readonly string[], pops: readonly string[]): object {
  return { url_list, target_type: "pop", pops, timeout: 15, instance_count: 2 };
}

/** A body's file fills the form; the estimate comes, and the question before it is sent. @returns the request id */
export async function sendByForm(operator: Operator, body: object): Promise<string> {
  const { page } = operator;
  await page.locator(".head a.primary, .empty a.primary").first().click();
  await page.locator("input[type=file]").setInputFiles({
    name: "request.json",
    mimeType: "application/json",
    buffer: Buffer.from(JSON.stringify(body)),
  });
  await page.locator(".estimate dl").waitFor();
  await operator.look("new");
  await page.locator(".send").click();
  await page.locator("dialog[open]").waitFor();
  await operator.look("send-asks");
  await page.locator("dialog[open] .primary").click();
  await page.waitForURL(/#\/r\//);
  return idIn(page.url());
}

/** The request that an address of the page names. */
export function idIn(url: string): string {
  return url.split("#/r/")[1] ?? "";
}
