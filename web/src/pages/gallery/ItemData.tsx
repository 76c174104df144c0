import type { ReactNode } from "react";
import { Link } from "react-router";
import { contentUrl } from "@/api/assets";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useOptionNames } from "@/i18n/options";
import { formatBytes, formatMoment, formatSeconds } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import { Button, ButtonAnchor } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Details } from "@/ui/Surface";
import type { Item } from "./api";
import type { Actions } from "./useActions";
import { words } from "./words";

/** What can be done with an asset, and everything known of it. */
export function ItemData({ item, actions, onGone }: { item: Item; actions: Actions; onGone: () => void }) {
  const t = useWords(words);
  const { asset } = item;
  const made = asset.provenance;
  const inTrash = item.deleted_at !== null;
  return (
    <div className="mt-3 flex flex-col gap-4">
      <div className="flex flex-wrap gap-2">
        {inTrash ? (
          <Button
            look="primary"
            onClick={() => {
              actions.restore([item]);
              onGone();
            }}
          >
            {t("restore")}
          </Button>
        ) : (
          <>
            {item.media !== "document" && (
              <Button look="primary" onClick={() => actions.use([item])}>
                <Icon name="studio" className="size-4" />
                {t("use")}
              </Button>
            )}
            <Button aria-pressed={item.starred} onClick={() => actions.star([item], !item.starred)}>
              <Icon name="star" className="size-4" />
              {t(item.starred ? "unstar" : "star")}
            </Button>
          </>
        )}
        <ButtonAnchor href={contentUrl(asset.id, { download: true })} download>
          <Icon name="download" className="size-4" />
          {t("download")}
        </ButtonAnchor>
        {made !== null && made.prompt !== "" && <CopyPrompt prompt={made.prompt} />}
        {!inTrash && (
          <Button
            look="danger"
            onClick={() => {
              actions.trash([item]);
              onGone();
            }}
          >
            {t("trash.do")}
          </Button>
        )}
      </div>
      <Facts item={item} />
      {made !== null && Object.keys(made.parameters).length > 0 && (
        <Details summary={t("fact.parameters")}>
          {/* A region that scrolls has to be reached with the keyboard. */}
          {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
          <pre tabIndex={0} className="max-h-64 overflow-auto rounded-lg bg-sunk p-3 font-mono text-xs">
            {JSON.stringify(made.parameters, null, 2)}
          </pre>
        </Details>
      )}
    </div>
  );
}

function Facts({ item }: { item: Item }) {
  const t = useWords(words);
  const language = useLanguage();
  const names = useOptionNames();
  const { asset } = item;
  const made = asset.provenance;
  const { width, height, seconds } = asset.media;
  const facts: [string, ReactNode][] = [
    [t("fact.prompt"), made?.prompt],
    [t("filter.workflow"), item.workflow && names.workflow(item.workflow)],
    [t("filter.model"), item.model_id],
    [t("fact.job"), made?.job_id && <Link to={`/jobs/${made.job_id}`}>{t("fact.job.open")}</Link>],
    [t("fact.file"), `${asset.name} · ${asset.media.media_type} · ${formatBytes(asset.size, language)}`],
    [t("fact.size"), width !== null && height !== null ? `${width} × ${height}` : null],
    [t("fact.length"), seconds === null ? null : formatSeconds(seconds, language)],
    [t("fact.made"), formatMoment(asset.created_at, language)],
    [t("fact.purge"), item.purge_at === null ? null : formatMoment(item.purge_at, language)],
    [t("fact.from"), made !== null && made.parents.length > 0 ? <Parents ids={made.parents} /> : null],
  ];
  return (
    <dl className="grid gap-x-4 gap-y-1.5 text-sm sm:grid-cols-[9rem_1fr]">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== "")
        .map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 break-words [&_a]:text-accent [&_a]:underline">{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Parents({ ids }: { ids: readonly string[] }) {
  const t = useWords(words);
  return (
    <span className="flex flex-wrap gap-3">
      {ids.map((id, at) => (
        <Link key={id} to={`/gallery?show=${id}`}>
          {t("fact.parent", { at: at + 1 })}
        </Link>
      ))}
    </span>
  );
}

function CopyPrompt({ prompt }: { prompt: string }) {
  const t = useWords(words);
  const c = useWords(common);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(prompt);
      showToast(c("copied"), { tone: "good" });
    } catch {
      // Not allowed, or not over https: the words stand below and can be marked.
      showToast(t("copy.failed"), { tone: "bad" });
    }
  };
  return (
    <Button onClick={() => void copy()}>
      <Icon name="copy" className="size-4" />
      {t("copy.prompt")}
    </Button>
  );
}
