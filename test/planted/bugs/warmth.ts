import type { Bugs } from "../bug.ts";

export default {
  "dash-number-taken-for-absent": {
    invariant: "A value of a DASH manifest that cannot be read is rejected, not treated as absent.",
    description:
      "A number that is not an integer counts as absent, so that a representation has fewer segments than it names.",
    test: "test/probe/sources/read-dash.test.ts",
    file: "probe/sources/mpd.ts",
    find: "if (value === undefined) throw new",
    replace: 'if (value === undefined && name === "") throw new',
  },
  "follower-never-queued": {
    invariant: "Every follower of a lead that succeeded gets a message of its own.",
    description: "The last follower of a lead gets no message.",
    test: "test/domain/plan/followers.test.ts",
    file: "domain/plan/followers.ts",
    find: "const follower of followers) send",
    replace: "const follower of followers.slice(0, -1)) send",
  },
  "lead-of-wrong-rec": {
    invariant: "A URL is led under each regional edge cache by a POP of that cache.",
    description: "Every regional edge cache gets the candidates of the first one.",
    test: "test/domain/plan/plan.test.ts",
    file: "domain/plan/plan.ts",
    find: "candidatesFor(url.url, recGroup)",
    replace: "candidatesFor(url.url, group.recGroups[0] ?? recGroup)",
  },
  "one-download-is-enough": {
    invariant:
      "A POP keeps an object from its second request on: without a hit of the edge, an object is downloaded twice.",
    description: "One download counts as enough, so a hit of the regional edge cache passes for one of the POP.",
    test: "test/domain/result/proof-model.test.ts",
    file: "domain/result/downloads.ts",
    find: 'return downloads === "auto" ? MAX_DOWNLOADS : downloads;',
    replace: 'return downloads === "auto" ? MAX_DOWNLOADS - 1 : downloads;',
  },
  "first-pop-of-two": {
    invariant: "Of several POPs that a response names, the last one has answered: the others are its origin's.",
    description: "The first POP that a response names counts as the one that answered.",
    test: "test/agent/fetch/downloader.test.ts",
    file: "domain/result/outcome.ts",
    find: '.split(",").at(-1)?.trim()',
    replace: '.split(",").at(0)?.trim()',
  },
  "second-download-without-permit": {
    invariant:
      "A second download has a permit of a limited origin, unless the first one came through the regional edge cache.",
    description: "A second download never takes a permit.",
    test: "test/agent/fetch/downloader.test.ts",
    file: "agent/admit/task-run.ts",
    find: "return this.history.mayReachOriginAgain;",
    replace: "return this.history.mayReachOriginAgain && this.isFirstRequest();",
  },
  "downloads-lost-by-deferral": {
    invariant: "A task that returns to the queue carries the number of its downloads.",
    description: "The next agent begins with the first download again.",
    test: "test/agent/fetch/downloader.test.ts",
    file: "agent/admit/task-run.ts",
    find: "downloads_done: Math.min(downloads, maxDownloads(settings) - 1) || undefined,",
    replace: "downloads_done: Math.min(downloads, 0) || undefined,",
  },
  "proof-skipped-for-followers": {
    invariant: "A follower's object is proven to be cached in the same way as its lead's.",
    description: "Tasks of followers end after the download, without the proof.",
    test: "test/agent/fetch/downloader.test.ts",
    file: "agent/admit/task-run.ts",
    find: "    verify: message.verify ?? DEFAULT_VERIFY,",
    replace: '    verify: message.follows === true ? "off" : (message.verify ?? DEFAULT_VERIFY),',
  },
  "rec-hit-good-in-pop-scope": {
    invariant:
      "In the scope `pop`, a task of which only the regional edge cache keeps the object is lacking in the verdict.",
    description: "The verdict takes the outcome `regional` for good, whatever the scope is.",
    test: "test/lambdas/shutdown/settle.test.ts",
    file: "domain/result/outcome.ts",
    find: 'return scope === "pop" ? outcome === "regional"',
    replace: 'return scope === "pop" ? outcome === undefined && scope !== "pop"',
  },
  "sample-age-ignored": {
    invariant: "A POP is covered only if its sample was answered by the fill that its lead saw.",
    description: "Each sample that is a hit connects a POP with its lead, whatever its `Age` is.",
    test: "test/domain/plan/regional-model.test.ts",
    file: "domain/result/sample.ts",
    find: "leadFill !== undefined && isSameFill(fill, leadFill)",
    replace: "(leadFill === undefined || fill <= leadFill + 1e9)",
  },
  "sample-skipped": {
    invariant: "A POP is covered only if a sample shows that it has the REC of its lead.",
    description: "A sample that was a miss connects a POP with its lead.",
    test: "test/domain/plan/regional-model.test.ts",
    file: "domain/plan/rec-evidence.ts",
    find: 'if (seen.sample !== "hit") return seen.sample;',
    replace: 'if (seen.sample === "unclear") return seen.sample;',
  },
  "rec-hit-reported-as-warm": {
    invariant: "A task is warm only if a hit of the POP's own cache was seen.",
    description: "A hit at any tier that Server-Timing names counts as a hit of the edge.",
    test: "test/domain/result/proof.test.ts",
    changes: [
      {
        file: "domain/result/proof.ts",
        find: 'tier === "EDGE" && upstream === undefined',
        replace: "tier !== undefined && upstream === undefined",
      },
      {
        file: "domain/result/proof.ts",
        find: 'return tier !== undefined && tier !== "EDGE";',
        replace: 'return tier === "";',
      },
    ],
  },
  "shared-answer-reported-as-warm": {
    invariant: "A task is warm only if the POP kept its object when it was requested.",
    description:
      "A hit of the edge counts as proof although its Age has not grown: it may be an answer that was shared.",
    test: "test/domain/result/proof-model.test.ts",
    file: "domain/result/proof.ts",
    find: "growth >= 1 && growth <= passed + ROUNDING_SECONDS",
    replace: "growth <= passed + ROUNDING_SECONDS",
  },
  "variants-share-key": {
    invariant: "Two variants of a URL have two keys, also where the URL is too long for a key.",
    description: "The key of a task whose URL is hashed lacks the name of the variant.",
    test: "test/domain/plan/task.test.ts",
    file: "domain/plan/task.ts",
    find: "if (key.length <= MAX_SORT_KEY_BYTES) return key;",
    replace:
      "if (key.length <= MAX_SORT_KEY_BYTES) return key;\n  if (variant !== undefined) return sortKeyOf({ pop, url });",
  },
} satisfies Bugs;
