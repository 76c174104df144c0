import { contentUrl } from "@/api/assets";
import type { Asset } from "@/api/types";
import { useLanguage, useWords } from "@/i18n";
import { work as words } from "@/i18n/work";
import { formatBytes } from "@/lib/format";
import { ButtonAnchor } from "../Button";
import { Icon } from "../Icon";

/** Every file of a result, to be taken home. */
export function Downloads({ assets }: { assets: readonly Asset[] }) {
  const t = useWords(words);
  const language = useLanguage();
  if (assets.length === 0) return null;
  return (
    <ul aria-label={t("files")} className="flex flex-wrap gap-2">
      {assets.map((asset) => (
        <li key={asset.id}>
          <ButtonAnchor
            href={contentUrl(asset.id, { download: true })}
            download={asset.name}
            title={asset.label || asset.name}
            aria-label={t("download", { name: asset.name })}
          >
            <Icon name="download" className="size-4" />
            {asset.name}
            <span className="text-xs text-muted">{formatBytes(asset.size, language)}</span>
          </ButtonAnchor>
        </li>
      ))}
    </ul>
  );
}
