import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { thumbnailUrl } from "@/api/assets";
import { assetQuery } from "@/api/queries";
import type { Asset, Job } from "@/api/types";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, EmptyState, Loading } from "@/ui/Surface";
import { FileList } from "./FileList";
import { CompareViewer } from "@/ui/compare/CompareViewer";
import { words } from "./words";

function isPicture(asset: Asset): boolean {
  return asset.media.media_type.startsWith("image/") && asset.media.width !== null;
}

/** What the job made: pictures to compare with what they were made from, and the other files. */
export function ResultCard({ job }: { job: Job }) {
  const t = useWords(words);
  const c = useWords(common);
  const ids = job.result?.outputs ?? [];
  const source = job.request.inputs.find(({ role }) => role === "working" || role === "person");
  const found = useQueries({ queries: [...ids, ...(source ? [source.asset_id] : [])].map(assetQuery) });
  // What it was made from may be gone: pictures of persons are removed after the work.
  const failed = found.slice(0, ids.length).find((query) => query.isError);
  const assets = found.slice(0, ids.length).flatMap((query) => query.data ?? []);
  const before = source ? found.at(-1)?.data : undefined;
  const isGone = source !== undefined && found.at(-1)?.isError === true;
  const [chosen, setChosen] = useState(0);
  if (ids.length === 0) return <EmptyState title={t("result.none")} icon="info" />;
  const pictures = assets.filter(isPicture);
  const shown = pictures[chosen] ?? pictures[0];
  const rejected = job.state === "rejected";
  return (
    <Card title={t("result")}>
      {rejected && <p className="mb-3 rounded-lg bg-tint p-3 text-sm">{t("result.rejected")}</p>}
      {failed && <ProblemNote error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && assets.length < ids.length && <Loading label={c("loading")} />}
      {shown && (
        <CompareViewer
          key={shown.id}
          after={shown}
          before={before && isPicture(before) && before.id !== shown.id ? before : null}
        />
      )}
      {isGone && <p className="mt-2 text-sm text-muted">{t("result.gone")}</p>}
      {pictures.length > 1 && (
        <ul className="mt-3 flex flex-wrap gap-2">
          {pictures.map((picture, index) => (
            <li key={picture.id}>
              <button
                type="button"
                aria-pressed={picture === shown}
                className="overflow-hidden rounded-lg border-2 border-line aria-pressed:border-accent"
                onClick={() => setChosen(index)}
              >
                <img
                  src={thumbnailUrl(picture.id, 128)}
                  alt={picture.label || t("result.output", { number: index + 1 })}
                  className="squares size-16 object-cover"
                />
              </button>
            </li>
          ))}
        </ul>
      )}
      <FileList assets={assets} />
    </Card>
  );
}
