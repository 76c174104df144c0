// Theme and language are the same on every device: the server keeps them, this browser has a copy for the first paint.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent } from "react";
import { api, ask } from "@/api/client";
import { preferencesQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { isSame, ofServer, preferencesStore, usePreferences, type Look } from "@/lib/preferences";
import { showToast } from "@/lib/toasts";

export function usePreferenceSync(): void {
  const queries = useQueryClient();
  const [local] = usePreferences();
  const server = useQuery(preferencesQuery).data;
  const save = useSave();
  const receive = useEffectEvent((kept: NonNullable<typeof server>) => {
    const now = preferencesStore.get();
    const theirs = ofServer(kept);
    const isChosen = kept.theme !== "system" || kept.language !== "";
    // What was chosen on this page, or before there was a server to keep it, is later than what the server says.
    if (now.unsent) preferencesStore.set({ ...now, synced: true });
    else if (now.synced || isChosen) preferencesStore.set({ ...theirs, synced: true, unsent: false });
    else preferencesStore.set({ ...now, synced: true, unsent: !isSame(now, theirs) });
  });
  const send = useEffectEvent(() => {
    if (server === undefined || !local.unsent || save.isPending) return;
    // It was told that this choice is not kept; the next page tries again.
    if (save.isError && isSame(save.variables, local)) return;
    // An answer that is on its way knows nothing of the choice yet.
    void queries.cancelQueries({ queryKey: preferencesQuery.queryKey });
    save.mutate(local);
  });
  useEffect(() => {
    if (server !== undefined) receive(server);
  }, [server]);
  useEffect(() => send(), [local, server, save.isPending]);
}

function useSave() {
  const t = useWords(common);
  const queries = useQueryClient();
  return useMutation({
    mutationFn: ({ theme, language }: Look) =>
      // `keepalive`: it arrives although the page is left at once.
      ask(api.PATCH("/api/v1/preferences", { body: { theme, language: language ?? "" }, keepalive: true })),
    onSuccess: (kept, sent) => {
      preferencesStore.set((now) => (isSame(now, sent) ? { ...now, unsent: false } : now));
      queries.setQueryData(preferencesQuery.queryKey, kept);
    },
    onError: () => showToast(t("shell.look.notKept")),
  });
}
