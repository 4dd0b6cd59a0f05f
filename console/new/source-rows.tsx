import type { SourceType } from "../../domain/request/source.ts";
import { Icon } from "../parts/icon.tsx";
import type { FormTextName } from "../words/form-reader.ts";
import { useFormReader } from "../words/form-reader.ts";
import { Field, Wrong } from "./field.tsx";
import { NEW_SOURCE, type SourceRow } from "./form.ts";

const ADDRESS: Readonly<Record<SourceType, FormTextName>> = {
  list: "sourceList",
  sitemap: "waySitemap",
  hls: "sourceHls",
  dash: "sourceDash",
  "s3-prefix": "sourceS3",
};

const EXAMPLES: Readonly<Record<SourceType, string>> = {
  list: "https://www.example.com/urls.txt",
  sitemap: "https://www.example.com/sitemap.xml",
  hls: "https://www.example.com/live/master.m3u8",
  dash: "https://www.example.com/live/manifest.mpd",
  "s3-prefix": "s3://bucket/prefix/",
};

interface SourceRowsProps {
  readonly types: readonly SourceType[];
  readonly sources: readonly SourceRow[];
  readonly wrong: readonly string[];
  readonly onSources: (sources: readonly SourceRow[]) => void;
}

/** Documents that name URLs, or a place in a bucket: those of these types, and room for another. */
export function SourceRows({ types, sources, wrong, onSources }: SourceRowsProps) {
  const { say } = useFormReader();
  const change = (index: number, row: Partial<SourceRow>) =>
    onSources(sources.map((it, i) => (i === index ? { ...it, ...row } : it)));
  return (
    <div class="sources">
      {sources.map((source, i) =>
        types.includes(source.type) ? (
          <div key={String(i)} class="source">
            <Field
              label={say(ADDRESS[source.type])}
              value={source.address}
              placeholder={EXAMPLES[source.type]}
              isCode
              onValue={(address) => change(i, { address })}
            />
            <MoreOfSource source={source} onChange={(row) => change(i, row)} />
            <button
              type="button"
              class="button plain remove"
              aria-label={say("removeSource")}
              title={say("removeSource")}
              onClick={() => onSources(sources.filter((_, other) => other !== i))}
            >
              ×
            </button>
          </div>
        ) : null,
      )}
      <Wrong lines={wrong} />
      <div class="row">
        {types.map((type) => (
          <button
            key={type}
            type="button"
            class="button"
            onClick={() => onSources([...sources, { type, ...NEW_SOURCE }])}
          >
            <Icon name="plus" />
            {say(ADDRESS[type])}
          </button>
        ))}
      </div>
    </div>
  );
}

interface MoreOfSourceProps {
  readonly source: SourceRow;
  readonly onChange: (row: Partial<SourceRow>) => void;
}

/** Fields that only some sources have. */
function MoreOfSource({ source, onChange }: MoreOfSourceProps) {
  const { say } = useFormReader();
  const isPrefix = source.type === "s3-prefix";
  const isInBucket = isPrefix || /^s3:/i.test(source.address.trim());
  return (
    <>
      {isInBucket ? (
        <Field
          label={say("sourceBase")}
          value={source.base}
          placeholder="https://www.example.com/"
          isCode
          onValue={(base) => onChange({ base })}
        />
      ) : null}
      {isPrefix ? (
        <Field
          label={say("sourceOriginPath")}
          value={source.originPath}
          placeholder="/static"
          isCode
          onValue={(originPath) => onChange({ originPath })}
        />
      ) : null}
      {source.type === "sitemap" || source.type === "hls" || source.type === "dash" ? (
        <Field
          label={say("sourceHosts")}
          value={source.hosts}
          placeholder="media.example.net"
          isCode
          onValue={(hosts) => onChange({ hosts })}
        />
      ) : null}
      {source.type === "sitemap" ? (
        <Field
          label={say("sourceSince")}
          value={source.since}
          placeholder="2026-11-01"
          isCode
          onValue={(since) => onChange({ since })}
        />
      ) : null}
    </>
  );
}
