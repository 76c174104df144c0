import { useQuery } from "@tanstack/react-query";
import { contentUrl } from "@/api/assets";
import { ApiProblem, problemOf } from "@/api/problem";
import type { Asset } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { formatBytes } from "@/lib/format";
import { ButtonAnchor } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Details } from "@/ui/Surface";
import { ReportTable } from "./ReportTable";
import { words } from "./words";

const LARGEST_SHOWN_JSON = 2_000_000;

/** All files of a result: each can be downloaded; clips are played, drawings and reports are shown. */
export function FileList({ assets }: { assets: readonly Asset[] }) {
  const t = useWords(words);
  const language = useLanguage();
  return (
    <section aria-label={t("files")} className="mt-4">
      <ul className="flex flex-col divide-y divide-line border-t border-line">
        {assets.map((asset) => (
          <li key={asset.id} className="py-2.5">
            <div className="flex items-center justify-between gap-3">
              <div className="min-w-0 text-sm">
                <p className="font-medium break-words">{asset.label || asset.name}</p>
                <p className="text-muted">
                  {asset.name} · {sizeOf(asset)}
                  {formatBytes(asset.size, language)}
                </p>
              </div>
              <ButtonAnchor
                href={contentUrl(asset.id, { download: true })}
                download
                aria-label={t("download.name", { name: asset.name })}
              >
                <Icon name="download" className="size-4" />
                <span className="hidden sm:inline">{t("download")}</span>
              </ButtonAnchor>
            </div>
            <FilePreview asset={asset} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function sizeOf({ media }: Asset): string {
  return media.width === null || media.height === null ? "" : `${media.width} × ${media.height} · `;
}

function FilePreview({ asset }: { asset: Asset }) {
  const t = useWords(words);
  const kind = asset.media.media_type;
  if (kind.startsWith("video/")) {
    return (
      // Made clips have no captions to give.
      // eslint-disable-next-line jsx-a11y/media-has-caption
      <video
        controls
        playsInline
        preload="metadata"
        src={contentUrl(asset.id)}
        className="mt-2 max-h-[70vh] w-full rounded-lg bg-black"
      />
    );
  }
  if (kind === "image/svg+xml") {
    return (
      <Details summary={t("preview", { name: asset.name })}>
        {/* As a picture, so that nothing inside it can act. */}
        <img
          src={contentUrl(asset.id)}
          alt={t("preview", { name: asset.name })}
          loading="lazy"
          className="max-h-[60vh] w-full rounded-lg bg-white object-contain p-2"
        />
      </Details>
    );
  }
  if (kind === "application/json" && asset.size <= LARGEST_SHOWN_JSON) {
    return (
      <Details summary={t("preview", { name: asset.name })}>
        <JsonPreview id={asset.id} />
      </Details>
    );
  }
  return null;
}

function JsonPreview({ id }: { id: string }) {
  const c = useWords(common);
  const content = useQuery({
    queryKey: ["assets", id, "json"],
    queryFn: async ({ signal }) => {
      const response = await fetch(contentUrl(id), { signal });
      if (!response.ok) throw await problemOf(response, contentUrl(id));
      return (await response.json()) as unknown;
    },
    staleTime: Infinity,
  });
  if (content.isPending) return <p className="text-sm text-muted">{c("loading")}</p>;
  if (content.isError) {
    return (
      <p className="text-sm text-bad">
        {content.error instanceof ApiProblem ? content.error.message : c("form.notJson")}
      </p>
    );
  }
  return <ReportTable value={content.data} />;
}
