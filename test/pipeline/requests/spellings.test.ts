// How a request may spell its URLs and its distribution.
import { describe, expect, it } from "vitest";
import { HOST } from "../../../tools/local/world.ts";
import { body } from "../../e2e/bodies.ts";
import { pipelineStack } from "./stack.ts";

describe("a request", () => {
  const stack = pipelineStack();

  it("warms a URL once however it is spelled, by https, with the headers of the request", async () => {
    const asked: string[] = [];
    stack.standIn.edge.addObject("/a b(1).txt", { size: 11 });
    stack.setFaults(({ method, path, headers }) => {
      if (method === "GET") asked.push(`${path} ${headers["x-launch"]} ${headers.host}`);
      return undefined;
    });
    const progress = await stack.warm(
      body({
        url_list: [` https://${HOST}/a b(1).txt`, `https://${HOST}/a%20b(1).txt `, `http://${HOST}/index.html`],
        header: ["X-Launch: midnight"],
        pops: ["FRA56-P2"],
      }),
    );
    expect(progress).toMatchObject({ total_count: 2, download_count: 2, failed_count: 0 });
    // Each is downloaded, and asked for a second time.
    const files = [`/a%20b(1).txt midnight ${HOST}`, `/index.html midnight ${HOST}`];
    expect(asked.sort()).toEqual(files.flatMap((file) => [file, file]));
  });

  it("needs no cf_domain, and takes an alias or the distribution's own domain", async () => {
    for (const cfDomain of [undefined, HOST, stack.standIn.domain]) {
      expect(await stack.warm(body({ cf_domain: cfDomain, pops: ["LHR50-P2"] }))).toMatchObject({
        download_count: 2,
        failed_count: 0,
      });
    }
  });
});
