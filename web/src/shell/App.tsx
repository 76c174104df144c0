import { QueryClientProvider } from "@tanstack/react-query";
import { Suspense, useState } from "react";
import { createBrowserRouter, RouterProvider } from "react-router";
import { makeQueryClient } from "@/api/queries";
import { LanguageProvider, useWords } from "@/i18n";
import { common } from "@/i18n/common";
import { Loading } from "@/ui/Surface";
import { NotFound } from "./NotFound";
import { PageCrashed } from "./PageCrashed";
import { pages } from "./routes";
import { Shell } from "./Shell";

export function makeRouter() {
  return createBrowserRouter([
    {
      element: <Shell />,
      errorElement: <PageCrashed />,
      children: [
        ...pages.map(({ path, Page }) => ({
          path,
          element: (
            <Suspense fallback={<PageLoading />}>
              <Page />
            </Suspense>
          ),
          // Inside the shell: the navigation stays when a page breaks.
          errorElement: <PageCrashed />,
        })),
        { path: "*", element: <NotFound /> },
      ],
    },
  ]);
}

function PageLoading() {
  const t = useWords(common);
  return <Loading label={t("loading")} />;
}

/** Everything that pages live in. */
export function App({ router }: { router: ReturnType<typeof makeRouter> }) {
  const [queries] = useState(makeQueryClient);
  return (
    <QueryClientProvider client={queries}>
      <LanguageProvider>
        <RouterProvider router={router} />
      </LanguageProvider>
    </QueryClientProvider>
  );
}
