import { monitorEventLoopDelay } from "node:perf_hooks";
import fc from "fast-check";
import { DOCUMENT_LIMITS } from "../../../domain/sources/limits.ts";
import { times } from "../../collect.ts";
import { depsAt, readOne, SourceProblem, site, walkAll, walkSite } from "./site.ts";

const OWN = "http://site.test/doc";
const mpd = (inside: string, attributes = 'type="static" mediaPresentationDuration="PT10S"') =>
  `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" xmlns:xlink="http://www.w3.org/1999/xlink" ${attributes}>${inside}</MPD>`;
const one = (inside: string) => mpd(`<Period><AdaptationSet>${inside}</AdaptationSet></Period>`);
const rep = (inside = "", id = "v1") => `<Representation id="${id}" bandwidth="5000">${inside}</Representation>`;
const timeline = (...s: string[]) => `<SegmentTimeline>${s.map((it) => `<S ${it}/>`).join("")}</SegmentTimeline>`;

describe("a manifest of DASH", () => {
  it.each([
    [
      "inherited parts of a template",
      mpd(
        `<Period><SegmentTemplate timescale="10" initialization="i-$RepresentationID$">${timeline('d="100"')}</SegmentTemplate><AdaptationSet><SegmentTemplate media="a-$Time$"/>${rep()}${rep('<SegmentTemplate media="b-$Time$"/>', "v2")}</AdaptationSet></Period>`,
      ),
      ["i-v1", "a-0", "i-v2", "b-0"],
    ],
    [
      "every attribute of a template of the period",
      mpd(
        `<Period><SegmentTemplate media="m-$Number$-$Time$" index="x-$Number$" initialization="i" bitstreamSwitching="b" timescale="10" duration="20" startNumber="5" endNumber="6"/><AdaptationSet><SegmentTemplate/>${rep("<SegmentTemplate/>")}</AdaptationSet></Period>`,
      ),
      ["i", "b", "m-5-0", "x-5", "m-6-20", "x-6"],
    ],
    [
      "the presentation time offset of a template of the period",
      mpd(
        `<Period><SegmentTemplate media="$Time$" presentationTimeOffset="100"/><AdaptationSet>${rep(`<SegmentTemplate>${timeline('t="100" d="5" r="-1"')}</SegmentTemplate>`)}</AdaptationSet></Period>`,
      ),
      ["100", "105"],
    ],
    [
      "initialization sets, each at each base URL of the manifest",
      mpd(
        `<BaseURL>a/</BaseURL><BaseURL>b/</BaseURL><InitializationSet id="1" initialization="i.mp4"/><InitializationSet id="2"/><Period><BaseURL>c/</BaseURL><AdaptationSet initializationSetRef="1">${rep("<BaseURL>v.mp4</BaseURL>")}</AdaptationSet></Period>`,
      ),
      ["a/i.mp4", "b/i.mp4", "a/c/v.mp4", "b/c/v.mp4"],
    ],
    [
      "one segment, an index and a bitstream switch",
      one(rep('<SegmentTemplate media="m.mp4" index="m.sidx" bitstreamSwitching="b.mp4"/>')),
      ["b.mp4", "m.mp4", "m.sidx"],
    ],
    [
      "a list",
      one(
        rep(
          '<SegmentList><Initialization sourceURL="i.mp4"/><SegmentURL media="1.m4s" index="1.sidx"/><SegmentURL media="2.m4s"/></SegmentList>',
        ),
      ),
      ["i.mp4", "1.m4s", "1.sidx", "2.m4s"],
    ],
    [
      "byte ranges",
      one(
        rep(
          '<BaseURL>v.mp4</BaseURL><SegmentList><Initialization range="0-9"/><SegmentURL mediaRange="10-19"/><SegmentURL mediaRange="20-29"/></SegmentList>',
        ),
      ),
      ["v.mp4"],
    ],
    [
      "an index beside the file",
      one(rep('<BaseURL>v.mp4</BaseURL><SegmentBase><RepresentationIndex sourceURL="v.sidx"/></SegmentBase>')),
      ["v.sidx", "v.mp4"],
    ],
    [
      "a chain of base URLs",
      mpd(
        `<BaseURL>/a/</BaseURL><Period><BaseURL>b/</BaseURL><AdaptationSet><BaseURL>c/</BaseURL>${rep("<BaseURL>d/</BaseURL><SegmentTemplate media='1'/>")}${rep("<BaseURL>/e/</BaseURL><SegmentTemplate media='1'/>", "v2")}</AdaptationSet></Period>`,
      ),
      ["a/b/c/d/1", "e/1"],
    ],
    [
      "two periods, each with its length",
      mpd(
        ["", 'start="PT4S"']
          .map(
            (start, n) =>
              `<Period ${start}><AdaptationSet>${rep(`<SegmentTemplate duration="2" media="p${n}-$Number$"/>`)}</AdaptationSet></Period>`,
          )
          .join(""),
      ),
      ["p0-1", "p0-2", "p1-1", "p1-2", "p1-3"],
    ],
    [
      "numbers of segments in a timeline",
      one(
        rep(
          `<SegmentTemplate startNumber="5" media="$Number$">${timeline('t="0" d="1" r="1" k="1"', 'n="10" d="1" r="1"', 'd="1"')}</SegmentTemplate>`,
        ),
      ),
      ["5", "6", "10", "11", "12"],
    ],
    [
      "an empty BaseURL, which is the base itself",
      mpd(
        `<BaseURL>/a/</BaseURL><Period><BaseURL/><AdaptationSet><BaseURL>  </BaseURL>${rep("<BaseURL></BaseURL><SegmentTemplate media='1'/>")}</AdaptationSet></Period>`,
      ),
      ["a/1"],
    ],
    [
      "an element that resolves to zero, with another prefix",
      mpd(
        `<Period xmlns:l="http://www.w3.org/1999/xlink" l:href="urn:mpeg:dash:resolve-to-zero:2013"><AdaptationSet>${rep("<SegmentTemplate media='1'/>")}</AdaptationSet></Period>`,
      ),
      [],
    ],
    [
      "events and licences, which are skipped",
      one(`<ContentProtection><BaseURL>secret</BaseURL></ContentProtection>${rep("<SegmentTemplate media='1'/>")}`),
      ["1"],
    ],
  ])("has %s", async (_, document, urls) => {
    const found = await readOne("dash", document);
    expect(found).toEqual({ urls: [OWN, ...urls.map((it) => `http://site.test/${it}`)], leftOut: {} });
  });

  it("counts references that are not warmed", async () => {
    const document = mpd(
      `<ContentSteering>https://a.test/</ContentSteering><Period><AdaptationSet>${rep("<BaseURL>data:,x</BaseURL>")}</AdaptationSet></Period>`,
    );
    expect(await readOne("dash", document)).toEqual({ urls: [OWN], leftOut: { per_viewer: 1, not_a_url: 1 } });
  });

  const many = (r: number) =>
    one(rep(`<SegmentTemplate media="$Time$">${timeline(`t="0" d="1" r="${r}"`)}</SegmentTemplate>`));

  it.each([
    ["is a live manifest (type dynamic): its segments expire before they are warm", mpd("", 'type="dynamic"')],
    ["has a remote element (xlink:href), which is not supported", mpd('<Period xlink:href="https://a.test/secret"/>')],
    [
      "has UrlQueryInfo, which is not followed",
      one('<EssentialProperty><UrlQueryInfo queryTemplate="$querypart$"/></EssentialProperty>'),
    ],
    ...(
      [
        ["SegmentTemplate", "timescale", "1000.5", "an integer of 1 or more"],
        ["SegmentTemplate", "duration", "-4000", "an integer of 0 or more"],
      ] as const
    ).map(([name, attribute, value, rule]): [string, string] => [
      `has ${name}@${attribute}="${value}"; it must be ${rule}`,
      one(
        `<SegmentTemplate ${attribute}="${value}" media="$Number$"/>${rep('<SegmentTemplate duration="1"/>'.replace(/duration="1"/, attribute === "duration" ? "" : 'duration="1"'))}`,
      ),
    ]),
    ...(
      [
        ["d", "two", "an integer of 0 or more"],
        ["r", "4.5", "an integer"],
      ] as const
    ).map(([attribute, value, rule]): [string, string] => [
      `has S@${attribute}="${value}"; it must be ${rule}`,
      one(
        rep(
          `<SegmentTemplate media="$Time$">${timeline('t="0" d="1"', `${attribute === "d" ? "" : 'd="1" '}${attribute}="${value}"`)}</SegmentTemplate>`,
        ),
      ),
    ]),
    [
      'has Representation@bandwidth="n/a"; it must be an integer of 0 or more',
      one('<SegmentTemplate media="$Bandwidth$"/><Representation id="v1" bandwidth="n/a"/>'),
    ],
    [
      'has MPD@mediaPresentationDuration="10"; it must be a duration such as PT1H2M3.4S',
      mpd(`<Period><AdaptationSet>${rep()}</AdaptationSet></Period>`, 'mediaPresentationDuration="10"'),
    ],
    [
      "has S@k of more than 1, a sequence of segments, which is not followed",
      one(rep(`<SegmentTemplate media="$Number$">${timeline('d="1" k="2.0"')}</SegmentTemplate>`)),
    ],
    [
      "has Pattern in SegmentTimeline, which is not followed",
      one(
        rep(
          '<SegmentTemplate media="$Number$"><SegmentTimeline><Pattern id="1"><P d="1"/></Pattern><S t="0" d="1"/></SegmentTimeline></SegmentTemplate>',
        ),
      ),
    ],
    [
      "has S@p, a pattern, which is not followed",
      one(rep(`<SegmentTemplate media="$Number$">${timeline('t="0" d="1" p="1" pE="0"')}</SegmentTemplate>`)),
    ],
    [
      "has a remote element (xlink:href), which is not supported",
      mpd('<Period l:href="https://a.test/secret"/>', 'type="static" xmlns:l="http://www.w3.org/1999/xlink"'),
    ],
    ["is XML, but not a DASH manifest", "<urlset/>"],
    ["names more than 1000000 segments", many(3_000_000)],
    ["names more than 60000 URLs; a request has at most 60000 in all", many(60_000)],
    [
      "does not say how many segments it has",
      mpd(
        `<Period><AdaptationSet>${rep('<SegmentTemplate duration="2" media="$Number$"/>')}</AdaptationSet></Period>`,
        "",
      ),
    ],
    ["has a SegmentTemplate without media", one(rep('<SegmentTemplate initialization="i"/>'))],
    [
      "has more than 20 addresses for one representation",
      mpd(
        `${"<BaseURL>a/</BaseURL><BaseURL>b/</BaseURL>"}<Period>${Array.from({ length: 11 }, (_, n) => `<BaseURL>${n}/</BaseURL>`).join("")}<AdaptationSet>${rep()}</AdaptationSet></Period>`,
      ),
    ],
    ["has more than 300000 elements", one(rep(`<SegmentTemplate>${"<S/>".repeat(300_000)}</SegmentTemplate>`))],
    [
      "names URLs of more than 50000000 characters in all",
      one(`<SegmentTemplate duration="1" timescale="5000" media="${"x".repeat(2_000)}$Number$"/>${rep()}`),
    ],
  ])("is refused if it %s", async (problem, document) => {
    await expect(readOne("dash", document)).rejects.toThrow(new SourceProblem(`${OWN} ${problem}`));
  });

  const again = (text: string, times = 20_000) => text.repeat(times);

  it.each([
    [
      "names more than 1000000 segments",
      mpd(
        `<Period><SegmentList>${again('<SegmentURL media="a"/>')}</SegmentList><AdaptationSet>${again("<Representation/>")}</AdaptationSet></Period>`,
      ),
    ],
    [
      "has more than 20 addresses for one representation",
      mpd(
        `${Array.from({ length: 20 }, (_, n) => `<BaseURL>${n}${"x".repeat(1_000)}/</BaseURL>`).join("")}<Period>${Array.from({ length: 50_000 }, (_, n) => `<BaseURL>./a?${n}</BaseURL>`).join("")}</Period>`,
      ),
    ],
    [
      "has more than 100000 representations, one for each of their addresses",
      mpd(
        `${Array.from({ length: 20 }, (_, n) => `<BaseURL>${n}/</BaseURL>`).join("")}<Period><SegmentTemplate media="$Number$" duration="1"/><AdaptationSet>${again("<Representation/>")}</AdaptationSet></Period>`,
        'type="static" mediaPresentationDuration="PT0S"',
      ),
    ],
    [
      "combines more than 100000 base URLs",
      mpd(
        `${Array.from({ length: 20 }, (_, n) => `<BaseURL>${"y".repeat(2_000)}${n}/</BaseURL>`).join("")}${again("<Period><BaseURL>b/</BaseURL></Period>")}`,
      ),
    ],
  ])("is refused in linear time if it %s", async (problem, document) => {
    await expect(readOne("dash", document)).rejects.toThrow(new SourceProblem(`${OWN} ${problem}`));
  });

  it("is read in linear time with many representations and adaptation sets", async () => {
    const document = mpd(
      `<Period><BaseURL>a</BaseURL>${again("<AdaptationSet/>")}<AdaptationSet>${again("<Representation/>")}</AdaptationSet></Period>`,
    );
    expect((await readOne("dash", document)).urls).toEqual([OWN, "http://site.test/a"]);
  });

  /** 420 kB. Templates of the period and the set have 990 attributes each, and 24,000 representations inherit them. */
  const crowded = (media: string) => {
    const template = `<SegmentTemplate media="${media}" duration="10" ${times(990, (n) => `a${n}=""`).join(" ")}/>`;
    return mpd(
      `<Period>${template}<AdaptationSet>${template}${"<Representation/>".repeat(24_000)}</AdaptationSet></Period>`,
    );
  };

  it("does not block the event loop with many representations that inherit many attributes", async () => {
    const delay = monitorEventLoopDelay({ resolution: 10 });
    delay.enable();
    const { urls } = await readOne("dash", crowded("$Number$"));
    // A delay is recorded in the turn that follows it.
    await new Promise(setImmediate);
    await new Promise(setImmediate);
    delay.disable();
    expect(urls).toEqual([OWN, "http://site.test/1"]);
    expect(delay.max / 1e6).toBeLessThan(2_000);
  });

  it("ends in the time of a document, however long its URLs take", async () => {
    const { port } = await site({ "/doc": crowded(`https://cdn.test/$Number$${"x".repeat(8_000)}`) });
    const deps = depsAt(port, {}, { limits: { ...DOCUMENT_LIMITS, milliseconds: 1_000 } });
    const resolved = vi.fn(() => false);
    const walk = walkAll(deps, [{ type: "dash", url: OWN }], { serves: resolved });
    await expect(walk).rejects.toThrow(new SourceProblem(`${OWN} took longer than 1 s`));
    const until = resolved.mock.calls.length;
    for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate);
    // The reading itself ends, too.
    expect(resolved.mock.calls.length).toBe(until);
    expect(until).toBeGreaterThan(0);
    expect(until).toBeLessThan(24_000);
  });

  const walked = async (document: string, before: Parameters<typeof walkAll>[2]) => {
    return walkSite({ "/doc": document }, [{ type: "dash", url: OWN }], before);
  };
  const numbered = (base: string, count: number) => Array.from({ length: count }, (_, i) => `${base}${i}`);
  const ten = rep(`<SegmentTemplate media="$Time$">${timeline('d="1" r="9"')}</SegmentTemplate>`);

  it.each<[string, string, Parameters<typeof walkAll>[2], string[], object]>([
    [
      "at another host, and not toward the URL limit",
      mpd(
        `<BaseURL>https://cdn.test/</BaseURL><BaseURL>https://a.test/</BaseURL><Period><AdaptationSet>${ten}</AdaptationSet></Period>`,
      ),
      { serves: (host) => host === "a.test", remaining: 10 },
      numbered("https://a.test/", 10),
      { other_host: 11 },
    ],
    [
      "that another source has named, as duplicates, and not toward the URL limit",
      one(ten),
      { own: numbered("http://site.test/", 10), remaining: 5 },
      [OWN],
      { duplicate: 10 },
    ],
  ])("counts segments %s", async (_, document, before, urls, leftOut) => {
    expect(await walked(document, before)).toMatchObject({ urls, leftOut });
  });

  it.each([
    ["another host", false, ["names more than 1000000 segments", 2]],
    ["its own host", true, ["names more than 60000 URLs; a request has at most 60000 in all", 1]],
  ] as const)("does not generate 900000 segments at %s to count them", async (_, isOwn, [problem, representations]) => {
    const segments = '<SegmentTemplate duration="1" media="$Number$"/>';
    const document = mpd(
      `<Period><BaseURL>https://cdn.test/</BaseURL><AdaptationSet>${segments}${rep().repeat(representations)}</AdaptationSet></Period>`,
      'mediaPresentationDuration="PT900000S"',
    );
    const serves = vi.fn(() => isOwn);
    const walk = walked(document, { serves });
    await expect(walk).rejects.toThrow(new SourceProblem(`${OWN} ${problem}`));
    expect(serves.mock.calls.length).toBeLessThan(25);
  });
});

it("each of up to five periods has the segments of its own length, whether its start or its duration says it", async () => {
  const period = fc.record({
    length: fc.integer({ min: 1, max: 4 }),
    saysStart: fc.boolean(),
    saysLength: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(period, { minLength: 1, maxLength: 5 }), async (periods) => {
      let at = 0;
      const elements = periods.map(({ length, saysStart, saysLength }, n) => {
        // Where neither says it, nobody knows.
        const before = periods[n - 1];
        const start = saysStart || before?.saysLength === false ? `start="PT${2 * at}S"` : "";
        at += length;
        const duration = saysLength ? `duration="PT${2 * length}S"` : "";
        const template = `<SegmentTemplate duration="2" media="p${n}-$Number$"/>`;
        return `<Period ${start} ${duration}><AdaptationSet>${rep(template)}</AdaptationSet></Period>`;
      });
      const whole = `type="static" mediaPresentationDuration="PT${2 * at}S"`;
      const { urls } = await readOne("dash", mpd(elements.join(""), whole));
      expect(urls.slice(1)).toEqual(
        periods.flatMap(({ length }, n) => times(length, (i) => `http://site.test/p${n}-${i + 1}`)),
      );
    }),
    { numRuns: 40 },
  );
});
