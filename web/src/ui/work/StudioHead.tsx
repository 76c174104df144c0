import type { ReactNode } from "react";
import { useTitle } from "@/lib/hooks";
import { Button } from "../Button";
import { PageHead } from "../Surface";

/** The head of a studio's page: what it is for, and the way to begin anew. `name` is that of the browser's tab. */
export function StudioHead({
  name,
  title,
  clearLabel,
  onClear,
  children,
}: {
  name: string;
  title: string;
  clearLabel: string;
  onClear: () => void;
  children: ReactNode;
}) {
  useTitle(name);
  return (
    <PageHead
      title={title}
      action={
        <Button look="quiet" onClick={onClear}>
          {clearLabel}
        </Button>
      }
    >
      {children}
    </PageHead>
  );
}
