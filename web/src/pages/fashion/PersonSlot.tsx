import type { ReactNode } from "react";
import { useWords } from "@/i18n";
import { Button } from "@/ui/Button";
import { ProblemNote } from "@/ui/ProblemNote";
import { Slot } from "@/ui/work/Slot";
import type { Person } from "./usePerson";
import { words } from "./words";

/** The place of the person's picture, which says when the server has removed it. */
export function PersonSlot({
  person,
  takesPaste,
  children,
}: {
  person: Person;
  takesPaste: boolean;
  children?: ReactNode;
}) {
  const t = useWords(words);
  return (
    <Slot name={t("person")} file={person.shown} takesPaste={takesPaste} onFile={person.set}>
      <div role="status" className="flex flex-col items-start gap-2 text-sm empty:hidden">
        {person.isGone && (
          <>
            <p className="text-muted">{t(person.shown === null ? "person.gone" : "person.removed")}</p>
            {person.shown !== null && (
              <Button disabled={person.storeAgain === null} onClick={() => person.storeAgain?.()}>
                {t("person.again")}
              </Button>
            )}
          </>
        )}
      </div>
      {person.error !== null && <ProblemNote error={person.error} />}
      {!person.isGone && children}
    </Slot>
  );
}
