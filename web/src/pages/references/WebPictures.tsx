import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { Details } from "@/ui/Surface";
import { webSearchQuery } from "./api";
import { words } from "./words";

/** Look for a public picture. They are named, not shown: the page loads nothing from other hosts. */
export function WebPictures({ onChoose }: { onChoose: (url: string) => void }) {
  const t = useWords(words);
  const c = useWords(common);
  const [typed, setTyped] = useState("");
  const [asked, setAsked] = useState("");
  const found = useQuery({ ...webSearchQuery(asked), enabled: asked !== "", retry: false });
  const search = (): void => setAsked(typed.trim());
  return (
    <Details summary={t("web")}>
      <div className="flex items-end gap-2">
        <div className="flex-1">
          <TextField
            type="search"
            label={t("web.words")}
            help={t("web.help")}
            value={typed}
            onChange={({ target }) => setTyped(target.value)}
            onKeyDown={(event) => {
              if (event.key !== "Enter") return;
              event.preventDefault();
              search();
            }}
          />
        </div>
      </div>
      <Button className="mt-2" disabled={typed.trim() === ""} onClick={search}>
        {t("web.do")}
      </Button>
      {found.isFetching && (
        <p role="status" className="mt-2 text-sm text-muted">
          {c("loading")}
        </p>
      )}
      {found.isError && <ProblemNote error={found.error} />}
      {found.data?.length === 0 && <p className="mt-2 text-sm text-muted">{t("web.none")}</p>}
      <ul className="mt-2 flex max-h-60 flex-col gap-1 overflow-y-auto">
        {found.data?.map((picture) => (
          <li key={picture.picture_url} className="flex items-center gap-2 text-sm">
            <span className="min-w-0 flex-1">
              <span className="block truncate">{picture.title}</span>
              <span className="text-xs text-muted">{picture.licence}</span>
            </span>
            <Button
              look="quiet"
              aria-label={t("web.take", { name: picture.title })}
              onClick={() => onChoose(picture.picture_url)}
            >
              {t("web.choose")}
            </Button>
          </li>
        ))}
      </ul>
    </Details>
  );
}
