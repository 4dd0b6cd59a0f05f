// What a request names in `invalidate` is removed from the caches, and only then downloaded.
import { world } from "../../../tools/local/world.ts";
import { TAG_HEADER } from "../../../tools/memory-aws/distribution-kinds.ts";
import { body, urls } from "../../e2e/bodies.ts";
import { pipelineStack } from "./stack.ts";

const stack = pipelineStack({ edge: { ...world, distribution: "tags", invalidationMs: 20_000 } });

it.each([
  ["a path", "path", { paths: ["/path/new*"] }],
  ["a cache tag", "tag", { tags: ["Release-42"] }],
])(
  "an invalidation by %s brings the new object, leaves others as they are, and is waited for",
  async (_, folder, invalidate) => {
    const { edge } = stack.standIn;
    const [changed, kept] = [`/${folder}/new.json?v=1`, `/${folder}/old.json`];
    const upload = (path: string, tags: string) => edge.addObject(path, { size: 100, headers: { [TAG_HEADER]: tags } });
    upload(changed, "release-42, a");
    upload(kept, "release-41");
    const request = body({ url_list: urls(changed, kept), pops: ["DUB2-C1"] });
    await stack.warm(request);
    upload(changed, "release-42");
    const before = edge.originRequests().length;
    expect(await stack.warm({ ...request, invalidate })).toMatchObject({ warm_count: 2, failed_count: 0 });
    const downloads = edge
      .originRequests()
      .slice(before)
      .filter(({ probe, method }) => !probe && method === "GET");
    expect(downloads.map(({ path }) => path)).toEqual([changed]);
  },
);
