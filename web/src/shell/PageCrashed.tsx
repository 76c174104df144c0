import { useRouteError } from "react-router";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";

/** What stands in the place of a page that threw. */
export function PageCrashed() {
  const t = useWords(common);
  const error = useRouteError();
  return (
    <div role="alert" className="mx-auto my-10 max-w-prose rounded-card border border-bad bg-surface p-6">
      <h1 className="mb-2 flex items-center gap-2 text-2xl text-bad">
        <Icon name="warning" />
        {t("crash.title")}
      </h1>
      <p className="mb-3">{t("crash.hint")}</p>
      <pre className="mb-4 overflow-x-auto rounded-lg bg-sunk p-3 font-mono text-xs">
        {error instanceof Error ? `${error.name}: ${error.message}` : String(error)}
      </pre>
      <Button look="primary" onClick={() => location.reload()}>
        {t("crash.again")}
      </Button>
    </div>
  );
}
