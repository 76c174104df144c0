import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useTitle } from "@/lib/hooks";
import { ButtonLink } from "@/ui/Button";
import { PageHead } from "@/ui/Surface";

export function NotFound() {
  const t = useWords(common);
  useTitle(t("shell.notFound"));
  return (
    <>
      <PageHead title={t("shell.notFound")}>{t("shell.notFound.hint")}</PageHead>
      <ButtonLink to="/" look="primary">
        {t("shell.toStudio")}
      </ButtonLink>
    </>
  );
}
