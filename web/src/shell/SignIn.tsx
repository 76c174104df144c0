import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, ask } from "@/api/client";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useTitle } from "@/lib/hooks";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Field";
import { ProblemNote } from "@/ui/ProblemNote";
import { Card, PageHead } from "@/ui/Surface";

/** An API key is shown once; a cookie that no script can read speaks from then on. */
export function SignIn() {
  const t = useWords(common);
  useTitle(t("signIn"));
  const queries = useQueryClient();
  const [key, setKey] = useState("");
  const enter = useMutation({
    mutationFn: () => ask(api.POST("/api/v1/session", { body: { key: key.trim() } })),
    onSuccess: () => {
      setKey("");
      // Everything that was refused is asked for again.
      void queries.resetQueries();
    },
  });
  return (
    <div className="mx-auto max-w-lg">
      <PageHead title={t("signIn")}>{t("signIn.lead")}</PageHead>
      <Card>
        <form
          className="flex flex-col gap-4"
          onSubmit={(event) => {
            event.preventDefault();
            enter.mutate();
          }}
        >
          <TextField
            label={t("signIn.key")}
            help={t("signIn.where")}
            type="password"
            autoComplete="current-password"
            spellCheck={false}
            required
            maxLength={200}
            value={key}
            onChange={({ target }) => setKey(target.value)}
          />
          {enter.isError && <ProblemNote error={enter.error} />}
          <div>
            <Button type="submit" look="primary" disabled={enter.isPending || key.trim() === ""}>
              {t("signIn.do")}
            </Button>
          </div>
        </form>
      </Card>
    </div>
  );
}
