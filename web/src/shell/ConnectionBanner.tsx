import { useQuery } from "@tanstack/react-query";
import { healthQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useOnline } from "@/lib/hooks";

const ASK_AGAIN_MILLISECONDS = 5_000;

/** Says when there is no network or no server, and goes when there is. */
export function ConnectionBanner() {
  const t = useWords(common);
  const online = useOnline();
  const health = useQuery({
    ...healthQuery,
    refetchInterval: (query) => (query.state.status === "error" ? ASK_AGAIN_MILLISECONDS : 60_000),
  });
  const text = online ? (health.isError ? t("shell.unreachable") : "") : t("shell.offline");
  return (
    <div role="status">
      {text !== "" && <p className="bg-warn px-4 py-2 text-center text-sm font-medium text-paper">{text}</p>}
    </div>
  );
}
