import { useRef, useState } from "react";
import { NavLink } from "react-router";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Dialog } from "@/ui/Dialog";
import { Icon } from "@/ui/Icon";
import { navigation } from "./routes";

const PLACES = 4;
const ITEM =
  "flex min-h-14 flex-1 flex-col items-center justify-center gap-0.5 text-xs text-muted no-underline " +
  "aria-[current=page]:text-accent";

/** Navigation for thumbs: four pages and the rest behind `More`. */
export function PhoneBar() {
  const t = useWords(common);
  const [open, setOpen] = useState(false);
  const more = useRef<HTMLButtonElement>(null);
  const rest = navigation.slice(PLACES);
  return (
    <nav
      aria-label={t("nav.label")}
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] md:hidden"
    >
      {navigation.slice(0, PLACES).map((page) => (
        <NavLink key={page.name} to={page.path} end={page.path === "/"} className={ITEM}>
          <Icon name={page.name} />
          {t(`nav.${page.name}`)}
        </NavLink>
      ))}
      {rest.length > 0 && (
        <button
          ref={more}
          type="button"
          aria-haspopup="dialog"
          className={ITEM}
          onClick={() => setOpen(true)}
        >
          <Icon name="menu" />
          {t("nav.more")}
        </button>
      )}
      <Dialog open={open} title={t("nav.more")} closeLabel={t("close")} onClose={() => setOpen(false)}>
        <ul className="flex flex-col">
          {rest.map((page) => (
            <li key={page.name}>
              <NavLink
                to={page.path}
                onClick={() => setOpen(false)}
                className="flex min-h-12 items-center gap-3 rounded-lg px-2 text-ink no-underline hover:bg-sunk aria-[current=page]:text-accent"
              >
                <Icon name={page.name} />
                {t(`nav.${page.name}`)}
              </NavLink>
            </li>
          ))}
        </ul>
      </Dialog>
    </nav>
  );
}
