import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { Outlet, useLocation, useNavigate } from "react-router";
import { ApiProblem } from "@/api/problem";
import { sessionQuery } from "@/api/queries";
import { useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { useHotkey } from "@/lib/hotkeys";
import { applyTheme, usePreferences } from "@/lib/preferences";
import { ConnectionBanner } from "./ConnectionBanner";
import { Header } from "./Header";
import { KeyboardMap } from "./KeyboardMap";
import { PhoneBar } from "./PhoneBar";
import { navigation, type PageName } from "./routes";
import { SignIn } from "./SignIn";
import { Toasts } from "./Toasts";
import { usePreferenceSync } from "./usePreferenceSync";

/** Around every page: skip link, header, banner, the page itself, messages, on a phone the bar at the bottom. */
export function Shell() {
  const t = useWords(common);
  const [preferences] = usePreferences();
  const session = useQuery({ ...sessionQuery, retry: false });
  const isUnknown = session.error instanceof ApiProblem && session.error.status === 401;
  usePreferenceSync();
  const main = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const shown = useRef(pathname);
  useEffect(() => applyTheme(preferences.theme), [preferences.theme]);
  useEffect(() => {
    // A new page starts at its top, and screen readers are told; the first one is read by itself.
    if (shown.current === pathname) return;
    shown.current = pathname;
    scrollTo({ top: 0 });
    // Without scrolling: the top of the page would go below the header.
    main.current?.focus({ preventScroll: true });
  }, [pathname]);
  return (
    <>
      <a
        href="#main"
        className="sr-only z-50 rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
      >
        {t("shell.skip")}
      </a>
      <Header />
      <ConnectionBanner />
      <main
        id="main"
        ref={main}
        tabIndex={-1}
        className="mx-auto w-full max-w-7xl px-4 pt-5 pb-28 outline-none md:px-6 md:pb-12"
      >
        {isUnknown ? <SignIn /> : <Outlet />}
      </main>
      <PhoneBar />
      <Toasts />
      <KeyboardMap />
      {navigation.map((page) => (
        <PageKey key={page.name} name={page.name} path={page.path} letter={page.key} />
      ))}
    </>
  );
}

function PageKey({ name, path, letter }: { name: PageName; path: string; letter: string }) {
  const t = useWords(common);
  const navigate = useNavigate();
  useHotkey(`g ${letter}`, t("shell.keys.go", { page: t(`nav.${name}`) }), () => void navigate(path));
  return null;
}
